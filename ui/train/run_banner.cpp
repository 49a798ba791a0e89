// What a run says about its state, and the ways on from there.
#include "train/run_presenter.h"

#include "bridge/strings.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

/// Two whole sentences; some languages put no blank between them.
QString both(const QString& first, const QString& second) {
    return RunPresenter::tr("%1 %2", "two sentences").arg(first, second);
}

} // namespace

RunBanner RunPresenter::banner(const RunRow& row, const RunSeries* numbers) const {
    const run::RunSummary& s = row.summary;
    RunBanner out;
    const std::optional<LastCheckpoint> checkpoint = lastCheckpoint(m_workspace, m_folder);
    const std::int64_t saved = checkpoint ? checkpoint->step : 0;
    const QString savedText = Format::exactCount(saved);
    const bool hasSaved = saved > 0;
    const run::StateChanged told = numbers != nullptr ? numbers->state : run::StateChanged{};
    const QString step = Format::exactCount(told.step.value_or(s.step));
    const auto goOn = [&](bool primary) {
        return RunBanner::Action{RunAction::Continue,
                                 hasSaved ? tr("Continue from step %1").arg(savedText) : tr("Start it again"), primary};
    };
    const auto say = [&out](const char* kind, State state, const QString& heading, const QString& sentence) {
        out.shown = true;
        out.kind = QString::fromLatin1(kind);
        out.state = state;
        out.heading = heading;
        out.sentence = sentence;
    };
    const QString lastSaved =
        hasSaved ? tr("Everything up to step %1 is saved.").arg(savedText) : tr("No checkpoint was saved before.");
    switch (s.state) {
    case RunState::None:
        say("prepared", State::Accent, tr("Not started yet"), tr("Its folder and recipe are there."));
        out.actions = {{RunAction::Continue, tr("Start it"), true}};
        break;
    case RunState::Queued: {
        const RunRow* active = m_workspace.runs().active();
        const RunRow* mine = m_workspace.runs().find(qs(s.folder));
        say("queued", State::Accent, tr("Waits for its turn"),
            mine != nullptr && mine->queuePlace.value_or(0) > 0
                ? tr("It is number %1 in the queue.").arg(*mine->queuePlace + 1)
            : active != nullptr && active->summary.folder != s.folder
                ? tr("It starts when %1 has ended.").arg(active->title())
                : tr("It starts when the processor is free."));
        break;
    }
    case RunState::Starting:
        say("starting", State::Accent, tr("Starting"),
            tr("The rows are turned into tokens and the model is read. The curve begins with the first step."));
        break;
    case RunState::Running:
        break;
    case RunState::Paused:
        say("paused", State::Warn, tr("Paused after step %1").arg(Format::exactCount(s.step)),
            tr("The model stays in memory. Resume goes on with the next step."));
        out.actions = {{RunAction::Resume, tr("Resume"), true}};
        break;
    case RunState::Stopping:
        say("stopping", State::Accent, tr("Stopping"), tr("The step is finished, then the adapter is saved."));
        break;
    case RunState::Succeeded: {
        QString sentence = tr("The adapter of step %1 is saved.").arg(savedText);
        if (numbers != nullptr && numbers->evalLoss.size() > 1 &&
            numbers->evalLoss.back() > *std::min_element(numbers->evalLoss.begin(), numbers->evalLoss.end()) * 1.02) {
            sentence = both(sentence, tr("The validation loss was lower before: fewer epochs may do better."));
        }
        if (s.reason == "target_loss") {
            say("target_loss", State::Ok, tr("The target loss is reached"),
                both(tr("It ended at step %1, before the last one.").arg(Format::exactCount(s.step)), sentence));
        } else if (s.reason == "early_stopping") {
            say("early_stopping", State::Ok, tr("Stopped early: nothing was improving any more"),
                both(tr("It ended at step %1, before the last one.").arg(Format::exactCount(s.step)), sentence));
        } else {
            say("succeeded", State::Ok, tr("Done"), hasSaved ? sentence : QString());
        }
        if (hasSaved) {
            out.actions = {{RunAction::TryIt, tr("Try it"), true}};
        }
        break;
    }
    case RunState::Stopped:
        if (s.reason == "low_disk") {
            say("low_disk", State::Warn, tr("The disk is nearly full"),
                both(tr("It stopped at step %1 while there was room to save. Free some space, then go on.")
                         .arg(Format::exactCount(s.step)),
                     lastSaved));
            out.actions = {goOn(true)};
            break;
        }
        if (s.reason == "max_minutes") {
            say("max_minutes", State::Accent, tr("Its time is up"),
                both(
                    tr("It stopped at step %1. Going on gives it the same time again.").arg(Format::exactCount(s.step)),
                    lastSaved));
            out.actions = {goOn(true)};
            if (hasSaved) {
                out.actions.append({RunAction::TryIt, tr("Try it"), false});
            }
            break;
        }
        say("stopped", State::Accent, tr("Stopped at step %1").arg(Format::exactCount(s.step)),
            hasSaved ? tr("The adapter of step %1 is saved. The run can go on from there.").arg(savedText)
                     : tr("It ended before its first step."));
        out.actions = {goOn(true)};
        if (hasSaved) {
            out.actions.append({RunAction::TryIt, tr("Try it"), false});
        }
        break;
    case RunState::Aborted:
        say("aborted", State::Accent, tr("Aborted at step %1").arg(Format::exactCount(s.step)), lastSaved);
        out.actions = {goOn(true)};
        break;
    case RunState::Interrupted:
        say("interrupted", State::Warn,
            s.step > 0 ? tr("Interrupted at step %1").arg(Format::exactCount(s.step)) : tr("Interrupted"),
            both(tr("The program ended while the run was active."), lastSaved));
        out.actions = {{RunAction::Continue, tr("Resume"), true}};
        break;
    case RunState::Failed:
        if (s.reason == "non_finite_loss") {
            QStringList ids;
            for (std::size_t i = 0; i < told.rows.size() && i < 6; ++i) {
                ids << Format::exactCount(told.rows[i]);
            }
            const auto more = static_cast<int>(told.rows.size()) - static_cast<int>(ids.size());
            QString sentence = tr("Loss is not a number since step %1.").arg(step);
            if (!ids.isEmpty()) {
                const QString list = ids.join(tr(", ", "between numbers"));
                sentence = both(sentence, more > 0 ? tr("Rows %1 and %Ln more.", nullptr, more).arg(list)
                                                   : tr("Rows %1.").arg(list));
            }
            say("diverged", State::Bad, tr("Diverged"), sentence);
            out.actions = {{hasSaved ? RunAction::ContinueAtHalfRate : RunAction::StartAgainAtHalfRate,
                            hasSaved ? tr("Continue from step %1 at half the rate").arg(savedText)
                                     : tr("Start again at half the rate"),
                            true}};
            if (!told.rows.empty()) {
                out.actions.append({RunAction::ShowRows, tr("Show rows"), false});
            }
            out.actions.append({RunAction::LookInside, tr("What happened"), false});
        } else if (s.reason == "disk_full") {
            say("disk_full", State::Bad, tr("The disk is full"),
                both(tr("Step %1 could not be saved. Free some space, then go on.").arg(step), lastSaved));
            out.actions = {goOn(true)};
        } else if (s.reason == "out_of_memory") {
            say("out_of_memory", State::Bad, tr("There was not enough memory"),
                both(tr("It ended at step %1. Lower the context or the rank, or close other programs.").arg(step),
                     lastSaved));
            out.actions = {{RunAction::ChangeRecipe, tr("Change the recipe"), true}, goOn(false)};
        } else if (s.reason == "device_lost") {
            say("device_lost", State::Bad, tr("The device stopped answering"), lastSaved);
            out.actions = {goOn(true)};
        } else if (s.reason == "read_only") {
            say("read_only", State::Bad, tr("The run's folder cannot be written"),
                both(tr("Make the folder of the project writable, then go on."), lastSaved));
            out.actions = {goOn(true), {RunAction::Log, tr("Details"), false}};
        } else if (s.reason == "data_changed") {
            say("data_changed", State::Bad, tr("The rows changed since the run was prepared"), qs(s.message));
            out.actions = {{RunAction::StartAgain, tr("Start a new run with these rows"), true},
                           {RunAction::Continue, tr("Try again"), false}};
        } else if (s.reason == "engine_missing") {
            say("engine_missing", State::Bad, tr("The training engine could not be opened"),
                tr("Run packaging/setup.sh once: it fetches LibTorch. Everything else works without it."));
            out.actions = {{RunAction::Continue, tr("Try again"), true}, {RunAction::Log, tr("Details"), false}};
        } else if (s.reason == "data") {
            say("data", State::Bad, tr("The rows or the model could not be read"), qs(s.message));
            out.actions = {{RunAction::ChangeRecipe, tr("Change the recipe"), true},
                           {RunAction::Continue, tr("Try again"), false}};
        } else {
            say("failed", State::Bad, tr("The run failed"), s.message.empty() ? lastSaved : qs(s.message));
            out.actions = {goOn(true), {RunAction::Log, tr("Details"), false}};
        }
        break;
    }
    return out;
}

} // namespace fettle::ui
