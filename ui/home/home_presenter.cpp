#include "home/home_presenter.h"

#include "bridge/strings.h"

#include <QFileInfo>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

HomePresenter::HomePresenter(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_machine(machineFacts()) {
    connect(&workspace, &Workspace::projectChanged, this, &HomePresenter::changed);
    connect(&workspace, &Workspace::recipeChanged, this, &HomePresenter::changed);
    connect(&workspace, &Workspace::countsChanged, this, &HomePresenter::changed);
    connect(&workspace, &Workspace::runsChanged, this, &HomePresenter::changed);
    connect(&workspace, &Workspace::recentChanged, this, &HomePresenter::changed);
    connect(&workspace, &Workspace::busyChanged, this, &HomePresenter::changed);
    connect(&workspace, &Workspace::seriesChanged, this, [this](const QString& folder) {
        const QVector<RunRow>& rows = m_workspace.runs().rows();
        if (!rows.isEmpty() && qs(rows.first().summary.folder) == folder) {
            Q_EMIT curveChanged();
        }
    });
}

HomeState HomePresenter::state() const {
    HomeState out;
    out.busy = !m_workspace.busyWith().isEmpty();
    const auto count = [](const std::optional<std::int64_t>& value) {
        return value ? Format::exactCount(*value) : Format::unknown();
    };
    std::optional<double> speed;
    if (m_workspace.hasProject()) {
        HomeState::Continue card;
        card.open = true;
        card.name = m_workspace.projectName();
        card.folder = m_workspace.projectFolder();
        card.sentence = m_workspace.modelTitle(qs(m_workspace.recipe().model));
        const DataCounts& rows = m_workspace.dataCounts();
        const QVector<RunRow>& runs = m_workspace.runs().rows();
        card.facts = {{tr("Training rows"), count(rows.train)}};
        if (rows.validation) {
            card.facts.append({tr("Validation rows"), count(rows.validation)});
        }
        card.facts.append({tr("Runs"), Format::exactCount(runs.size())});
        std::optional<double> best;
        for (const RunRow& row : runs) {
            const std::optional<double>& loss = row.summary.validationLoss;
            if (loss && std::isfinite(*loss) && (!best || *loss < *best)) {
                best = loss;
            }
            if (!speed && row.summary.tokensPerSecond && *row.summary.tokensPerSecond > 0) {
                speed = row.summary.tokensPerSecond;
            }
        }
        card.facts.append({tr("Lowest validation loss"), Format::loss(best)});
        if (!runs.isEmpty()) {
            const RunRow& run = runs.first();
            card.run = qs(run.summary.folder);
            card.slot = run.slot;
            card.runLine = run.summary.trainLoss
                               ? tr("%1 · loss %2").arg(run.title(), Format::loss(run.summary.trainLoss))
                               : run.title();
            if (const std::optional<double> left = run.secondsLeft()) {
                card.runRight = tr("about %1 left").arg(Format::roughDuration(*left));
            } else {
                card.runRight = stateWord(run.summary.state, run.summary.reason).word;
            }
            if (run.summary.totalSteps > 0) {
                card.steps = static_cast<double>(run.summary.totalSteps);
            }
        }
        out.current = card;
    } else if (!m_workspace.recent().isEmpty()) {
        const ProjectCard& last = m_workspace.recent().first();
        HomeState::Continue card;
        card.name = last.name;
        card.folder = last.folder;
        card.sentence = m_workspace.modelTitle(last.model);
        card.facts = {{tr("Runs"), Format::exactCount(last.runs)},
                      {tr("Lowest validation loss"), Format::loss(last.bestValidation)},
                      {tr("Opened"), Format::when(last.openedMs)}};
        out.current = card;
    }
    out.machine = {
        {tr("Processor"), m_machine.cores > 0 ? tr("%Ln core(s)", nullptr, m_machine.cores) : Format::unknown()},
        {tr("Memory"), m_machine.memoryBytes > 0 ? Format::bytes(m_machine.memoryBytes) : Format::unknown()},
        {tr("GPU"), m_machine.gpu.isEmpty() ? tr("none found") : m_machine.gpu},
        {tr("Measured speed"), Format::tokensPerSecond(speed)}};
    return out;
}

void HomePresenter::curve(Column& steps, Column& losses) const {
    steps.clear();
    losses.clear();
    const QVector<RunRow>& rows = m_workspace.runs().rows();
    if (rows.isEmpty()) {
        return;
    }
    if (const std::shared_ptr<const RunSeries> series = m_workspace.series(qs(rows.first().summary.folder))) {
        steps = series->step;
        losses = series->loss;
    }
}

void HomePresenter::openCurrent() {
    if (!m_workspace.hasProject() && !m_workspace.recent().isEmpty()) {
        m_workspace.openProject(m_workspace.recent().first().folder);
    }
}

QString HomePresenter::refuseDrop(const QStringList& paths) const {
    if (paths.size() != 1) {
        return tr("Drop one file at a time.");
    }
    const QFileInfo info(paths.first());
    if (info.isDir() && !QFileInfo::exists(paths.first() % u"/project.db"_s)) {
        return tr("This folder is not a Fettle project. Drop a file of rows, or a project folder.");
    }
    if (!info.exists() || !info.isReadable()) {
        return tr("This file cannot be read.");
    }
    return {};
}

void HomePresenter::dropped(const QString& path) {
    if (QFileInfo(path).isDir()) {
        m_workspace.openProject(path);
    } else {
        m_workspace.createFromFile(path);
    }
}

QString HomePresenter::nameFault(const QString& name) {
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty()) {
        return tr("Give the project a name.");
    }
    if (trimmed.size() > 80) {
        return tr("A name has at most 80 characters.");
    }
    return {};
}

} // namespace fettle::ui
