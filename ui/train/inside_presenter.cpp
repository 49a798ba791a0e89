#include "train/inside_presenter.h"

namespace fettle::ui {

InsidePresenter::InsidePresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine, QObject* parent)
    : QObject(parent)
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
