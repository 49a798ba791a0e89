// What the Data page and the rail say of the rows.
#include "data/data_presenter.h"

#include "bridge/strings.h"

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowState;
using project::Split;

QString DataPresenter::railFact() const {
    const RowsFacts& facts = m_rows.facts();
    return facts.known ? tr("%1 row(s)", nullptr, static_cast<int>(std::min<std::int64_t>(facts.rows(), 1'000'000'000)))
                             .arg(Format::exactCount(facts.rows()))
                       : QString();
}

State DataPresenter::railState() const {
    State out = State::Neutral;
    for (const auto& [code, rows] : m_rows.facts().counts.checks) {
        if (rows > 0) {
            if (CheckWords::state(code) == State::Bad) {
                return State::Bad;
            }
            out = State::Warn;
        }
    }
    return out;
}

DataState DataPresenter::state() const {
    DataState out;
    if (m_rows.store() == nullptr) {
        return out;
    }
    const RowsFacts& facts = m_rows.facts();
    const std::int64_t shown = m_table->rowCount();
    const bool known = m_table->index() != nullptr;
    out.phase = !known || !facts.known ? DataState::Phase::Loading
                : facts.rows() == 0    ? DataState::Phase::Empty
                : shown == 0           ? DataState::Phase::NothingFound
                                       : DataState::Phase::Rows;
    if (facts.known) {
        QStringList parts;
        const QString rows =
            tr("%1 row(s)", nullptr, static_cast<int>(std::min<std::int64_t>(facts.rows(), 1'000'000'000)))
                .arg(Format::exactCount(facts.rows()));
        parts << (m_sourceNames.isEmpty() ? rows : tr("%1 in %2", "rows in files").arg(rows, m_sourceNames));
        const auto part = [&](Split split, const QString& text) {
            if (facts.in(split) > 0) {
                parts << text.arg(Format::exactCount(facts.in(split)));
            }
        };
        part(Split::Train, tr("train %1"));
        part(Split::Validation, tr("validation %1"));
        part(Split::Test, tr("test %1, frozen"));
        part(Split::None, tr("no split %1"));
        if (facts.in(RowState::Rejected) > 0) {
            parts << tr("%1 rejected").arg(Format::exactCount(facts.in(RowState::Rejected)));
        }
        out.sentence = parts.join(u" · "_s);
        out.showing = m_filter.isEverything()
                          ? tr("Showing all")
                          : tr("%1 of %2").arg(Format::exactCount(shown), Format::exactCount(facts.rows()));
    }
    const project::RowJobProgress& job = m_rows.job();
    if (!job.problem.empty()) {
        out.jobProblem = qs(job.remedy.empty() ? job.problem : job.problem + ". " + job.remedy);
    } else if (!job.upToDate && (job.running || job.paused) && job.total > 0) {
        const QString done = Format::exactCount(job.done);
        const QString total = Format::exactCount(job.total);
        using Stage = project::RowJobProgress::Stage;
        out.job = job.stage == Stage::Index        ? tr("Indexing %1 of %2").arg(done, total)
                  : job.stage == Stage::Tokens     ? tr("Counting tokens %1 of %2").arg(done, total)
                  : job.stage == Stage::Duplicates ? tr("Looking for duplicates %1 of %2").arg(done, total)
                                                   : tr("Checking %1 of %2").arg(done, total);
        if (job.secondsLeft >= 0) {
            out.job = tr("%1 · about %2 left").arg(out.job, Format::roughDuration(job.secondsLeft));
        }
        out.jobFraction = static_cast<double>(job.done) / static_cast<double>(job.total);
        out.jobPaused = job.paused;
        out.jobPauses = true;
    }
    if (out.job.isEmpty() && out.jobProblem.isEmpty() && m_rows.acrossProgress()) {
        out.job = tr("Looking for duplicates and leaks");
        out.jobFraction = m_rows.acrossProgress();
    }
    out.querying = m_querying;
    if (!m_filter.search.empty() && m_scanned) {
        out.searchNote = tr("The index is not ready yet: searching reads every row.");
    }
    out.outdated = m_outdated && !m_querying;
    out.readOnly = m_rows.readOnlyReason();
    const project::UndoState& undo = m_rows.undoState();
    out.undo = qs(undo.undoLabel);
    out.redo = qs(undo.redoLabel);
    out.undoBlocked = qs(undo.blockedBy);
    return out;
}

} // namespace fettle::ui
