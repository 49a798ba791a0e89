#include "train/inside_presenter.h"

namespace fettle::ui {

InsidePresenter::InsidePresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_run(run)
    , m_rows(workspace, run, engine)
    , m_autopsy(workspace, run, engine) {
    connect(&run, &RunPresenter::changed, this, &InsidePresenter::look);
    connect(&run, &RunPresenter::seriesChanged, this, &InsidePresenter::look);
}

void InsidePresenter::setPart(InsidePart part) {
    if (part != m_part) {
        m_part = part;
        Q_EMIT partChanged();
    }
    look();
}

void InsidePresenter::setShown(bool shown) {
    m_shown = shown;
    look();
}

bool InsidePresenter::canSwitchLayers() const {
    const RunRow* row = m_workspace.runs().find(m_run.folder());
    return row != nullptr && row->live() &&
           (row->summary.state == jobs::RunState::Running || row->summary.state == jobs::RunState::Paused);
}

bool InsidePresenter::layersOn() const {
    if (const auto asked = m_layersAsked.constFind(m_run.folder()); asked != m_layersAsked.constEnd()) {
        return *asked;
    }
    const std::shared_ptr<const RunSeries> series = m_run.series();
    return series != nullptr && !series->layerNorms.steps.isEmpty();
}

void InsidePresenter::switchLayers() {
    const bool show = !layersOn();
    m_layersAsked.insert(m_run.folder(), show);
    m_workspace.showLayers(m_run.folder(), show);
    Q_EMIT layersChanged();
}

void InsidePresenter::look() {
    if (!m_shown) {
        return;
    }
    if (m_part == InsidePart::Rows) {
        m_rows.look();
    } else if (m_part == InsidePart::Autopsy) {
        m_autopsy.look();
    }
}

} // namespace fettle::ui
