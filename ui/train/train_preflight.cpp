// What preflight says: the estimate, the findings with their fixes, and what holds a start.
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/train_presenter.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// What an estimate depends on beside the count.
std::string estimateKeyOf(const recipe::Recipe& recipe, const std::string& countKey) {
    Json json = recipe::toJson(recipe);
    return dumpJson(json) + countKey;
}

/// Core tells why in English; the usual reasons are said in the window's language.
struct SilentReason {
    const char* core;
    const char* words;
};
constexpr SilentReason kSilentReasons[] = {
    {"no assistant message to train on (none there, or all with weight 0)",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "They have no answer to learn, or its weight is 0.")},
    {"every message has weight 0",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "The weight of every message is 0.")},
    {"the messages to train on have no text",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "Their answers are empty.")},
    {"the template marks nothing of the messages to train on as generated",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "The chat template marks nothing of them as generated.")},
    {"the row has no text to train on", QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "They have no text.")},
    {"no label that can be predicted",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "Every label of them is masked.")},
};

QString silentWords(const QString& reason) {
    for (const SilentReason& each : kSilentReasons) {
        if (reason == QLatin1StringView(each.core)) {
            return TrainPresenter::tr(each.words);
        }
    }
    return reason;
}

QString roughly(double seconds) {
    // A guess is said as roughly as it is known: whole minutes above two.
    return Format::duration(seconds >= 120  ? std::ceil(seconds / 60) * 60
                            : seconds >= 10 ? std::round(seconds / 5) * 5
                                            : seconds);
}

} // namespace

void TrainPresenter::onCheckChanged() {
    if (const PreflightCount* count = m_check.count(); count != nullptr && count->config) {
        m_config = count->config;
        m_configModel = m_form.recipe().model;
        m_configPath = count->modelPath;
    }
    Q_EMIT formChanged();
    if (m_waiting && !m_check.counting() && m_check.fits(m_form.recipe())) {
        m_waiting = false;
        startNow();
    }
    Q_EMIT preflightChanged();
}

void TrainPresenter::recount() {
    m_check.forget();
    m_check.request(m_form.recipe());
}

std::optional<train::Estimate> TrainPresenter::estimate() const {
    const PreflightCount* count = m_check.count();
    const recipe::Recipe& recipe = m_form.recipe();
    if (!m_config || m_configModel != recipe.model) {
        return std::nullopt;
    }
    std::string key = estimateKeyOf(recipe, count == nullptr ? std::string() : count->key);
    if (key != m_estimateKey) {
        m_estimateKey = std::move(key);
        recipe::Recipe resolved = recipe;
        resolved.model = m_configPath; // speeds are remembered by it
        m_estimate = train::estimate(*m_config, resolved,
                                     count != nullptr && !count->error ? count->trained : train::RowLengths{});
    }
    return m_estimate;
}

std::int64_t TrainPresenter::raisedContext(const PreflightCount& count) const {
    const std::int64_t wanted = (count.train.longestRow + 63) / 64 * 64; // whole blocks, a little room
    return m_config && m_config->maxPositions > 0 && wanted > m_config->maxPositions ? 0 : wanted;
}

QVector<Finding> TrainPresenter::findings(const PreflightCount& count) const {
    QVector<Finding> out;
    const recipe::Recipe& recipe = m_form.recipe();
    const CountedSplit& train = count.train;
    const std::optional<train::Estimate> guess = estimate();
    if (guess && guess->peakBytes > 0 && guess->machineBytes > 0) {
        if (guess->peakBytes <= guess->machineBytes) {
            out.append(
                {u"fits"_s,
                 State::Ok,
                 tr("Fits"),
                 tr("%1 of %2 stay free")
                     .arg(Format::bytes(guess->machineBytes - guess->peakBytes), Format::bytes(guess->machineBytes)),
                 {},
                 false});
        } else {
            out.append({u"fits"_s,
                        State::Bad,
                        tr("Does not fit"),
                        tr("It needs about %1 and %2 are free. Lower the context or the rank, or close other programs.")
                            .arg(Format::bytes(guess->peakBytes), Format::bytes(guess->machineBytes)),
                        {},
                        false});
        }
    }
    if (train.goodRows == 0) {
        out.append({u"rows"_s,
                    State::Bad,
                    tr("There is no row to train on"),
                    tr("A project trains on rows of a file. Choose one: it becomes a project of its own."),
                    {{Fix::ChooseFile, tr("Choose file")}},
                    true});
        return out;
    }
    const RowDecisions& decided = m_form.decisions();
    const auto rows = [](std::int64_t n) { return static_cast<int>(std::min<std::int64_t>(n, 2'000'000'000)); };
    if (train.overLong > 0) {
        const QString what = tr("%Ln row(s) are longer than the context", nullptr, rows(train.overLong));
        const std::int64_t raised = raisedContext(count);
        QVector<Finding::Action> fixes;
        if (raised > recipe.training.context) {
            fixes.append({Fix::RaiseContext, tr("Raise context to %1").arg(Format::exactCount(raised))});
        }
        fixes.append({Fix::LeaveOverLong, tr("Leave these rows out")});
        if (recipe.data.overLong == "error") {
            out.append({u"over_long"_s, State::Warn, what,
                        tr("The recipe says that such rows are an error. Choose what happens to them."), fixes, true});
        } else if (recipe.data.overLong == "drop" && train.overLong > decided.overLongRows) {
            out.append({u"over_long"_s, State::Warn, what,
                        tr("The longest has %Ln token(s). They can be read whole or left out: choose before you start.",
                           nullptr, rows(train.longestRow)),
                        fixes, true});
        } else if (recipe.data.overLong == "drop") {
            out.append({u"over_long"_s,
                        State::Ok,
                        tr("%Ln long row(s) are left out", nullptr, rows(train.overLong)),
                        tr("As you chose. The recipe says it: over_long: drop."),
                        {{Fix::AskOverLongAgain, tr("Undo")}},
                        false});
        } else {
            const QString how =
                recipe.data.overLong == "split" ? tr("The recipe splits them into pieces.")
                : recipe.data.overLong == "cut_start"
                    ? tr("The recipe cuts their beginning: %1 tokens are lost.")
                          .arg(Format::exactCount(train.cutTokens))
                    : tr("The recipe cuts their end: %1 tokens are lost.").arg(Format::exactCount(train.cutTokens));
            out.append({u"over_long"_s, State::Ok, what, how, {}, false});
        }
    } else if (m_raised && m_raised->to == recipe.training.context) {
        out.append({u"over_long"_s,
                    State::Ok,
                    tr("All rows fit the context"),
                    tr("The context was raised to %1.").arg(Format::exactCount(recipe.training.context)),
                    {{Fix::LowerContextAgain, tr("Undo")}},
                    false});
    }
    if (train.silent > 0) {
        const QString what = tr("%Ln row(s) have no token to learn from", nullptr, rows(train.silent));
        if (train.silent > decided.silentRows) {
            out.append({u"silent"_s,
                        State::Warn,
                        what,
                        silentWords(train.silentReason),
                        {{Fix::LeaveSilent, tr("Leave them out")}},
                        true});
        } else {
            out.append({u"silent"_s,
                        State::Ok,
                        tr("%Ln row(s) without a token to learn are left out", nullptr, rows(train.silent)),
                        silentWords(train.silentReason),
                        {{Fix::AskSilentAgain, tr("Undo")}},
                        false});
        }
    }
    const std::int64_t faulty = train.badRows + (count.validation ? count.validation->badRows : 0);
    if (faulty > 0) {
        out.append({u"faulty"_s,
                    State::Warn,
                    tr("%Ln row(s) cannot be used", nullptr, rows(faulty)),
                    tr("They are left out, the others are trained."),
                    {{Fix::ShowFaults, tr("Show")}},
                    false});
    }
    if (train.bytesWithoutToken > 0) {
        out.append({u"bytes"_s,
                    State::Warn,
                    tr("%1 bytes have no token in this vocabulary")
                        .arg(Format::exactCount(static_cast<std::int64_t>(train.bytesWithoutToken))),
                    tr("They are left out of the text, as the model's own tokenizer does."),
                    {},
                    false});
    }
    if (count.validation && count.validation->rows == 0) {
        out.append({u"validation"_s,
                    State::Warn,
                    tr("No validation row can be used"),
                    tr("Without them nothing tells when to stop."),
                    {},
                    false});
    }
    return out;
}

QVector<Finding> TrainPresenter::holds() const {
    QVector<Finding> out;
    const PreflightCount* count = m_check.count();
    if (count == nullptr || !m_check.fits(m_form.recipe()) || count->error) {
        return out;
    }
    for (const Finding& finding : findings(*count)) {
        if (finding.holds) {
            out.append(finding);
        }
    }
    return out;
}

PreflightState TrainPresenter::preflightState() const {
    PreflightState out;
    const PreflightCount* count = m_check.count();
    const bool current = count != nullptr && m_check.fits(m_form.recipe());
    const bool counting = m_check.counting();
    out.button = m_workspace.runs().active() != nullptr ? tr("Add to queue") : tr("Start training");
    out.waiting = m_waiting;
    out.phase = counting  ? PreflightState::Phase::Counting
                : current ? (count->error ? PreflightState::Phase::Failed : PreflightState::Phase::Counted)
                          : PreflightState::Phase::Nothing;
    const std::optional<train::Estimate> known = estimate();
    const train::Estimate* guess = current && !count->error && known ? &*known : nullptr;
    out.peak = guess && guess->peakBytes > 0 ? Format::bytes(guess->peakBytes) : Format::unknown();
    out.time = guess && guess->seconds > 0 ? roughly(guess->seconds) : Format::unknown();
    out.speed = guess && guess->tokensPerSecond > 0 ? Format::exactCount(std::llround(guess->tokensPerSecond))
                                                    : Format::unknown();
    out.speedNote = guess && guess->tokensPerSecond > 0 ? tr("tokens/s") : QString();
    out.peakNote =
        guess && guess->machineBytes > 0 ? tr("of %1 free").arg(Format::bytes(guess->machineBytes)) : QString();
    out.timeNote =
        guess && guess->steps > 0 ? tr("about %Ln step(s)", nullptr, static_cast<int>(guess->steps)) : QString();
    if (counting) {
        out.pill = tr("counting");
        out.pillState = State::Accent;
        const std::int64_t done = m_check.rowsDone();
        const std::int64_t total = m_check.rowsTotal();
        if (total > 0) {
            out.fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
            out.countedText = tr("%1 of %2 rows").arg(Format::exactCount(done), Format::exactCount(total));
        }
    } else if (guess) {
        out.pill = guess->speedMeasured ? tr("measured here") : tr("estimated");
        out.pillState = guess->speedMeasured ? State::Ok : State::Neutral;
    }
    if (current && count->error) {
        out.error = count->error;
    } else if (current) {
        out.trained = count->train.labelTokens;
        out.cut = count->train.cutTokens;
        out.context = std::max<std::int64_t>(0, count->train.tokens - out.trained);
        const QString total = Format::count(count->train.tokens + out.cut);
        out.tokensLine = out.cut > 0 ? tr("%1 tokens a pass: %2 trained · %3 context · %4 cut")
                                           .arg(total, Format::count(out.trained), Format::count(out.context),
                                                Format::count(out.cut))
                                     : tr("%1 tokens a pass: %2 trained · %3 context")
                                           .arg(total, Format::count(out.trained), Format::count(out.context));
        out.findings = findings(*count);
        out.shown = count->shown;
    }
    if (m_form.hasErrors()) {
        out.hold = tr("Correct the field marked in the form");
    } else if (current && count->error) {
        out.hold = m_asked ? tr("Preflight failed: see above") : QString();
    } else if (const QVector<Finding> held = holds(); !held.isEmpty()) {
        out.hold = held.first().id == u"rows" ? tr("There is no row to train on")
                   : held.size() > 1          ? tr("Choose what happens to long and silent rows")
                   : held.first().id == u"over_long"
                       ? tr("Choose what happens to %Ln long row(s)", nullptr, static_cast<int>(count->train.overLong))
                       : tr("Choose what happens to %Ln silent row(s)", nullptr, static_cast<int>(count->train.silent));
    }
    return out;
}

void TrainPresenter::apply(Fix fix) {
    const PreflightCount* count = m_check.count();
    switch (fix) {
    case Fix::RaiseContext:
        if (count != nullptr && raisedContext(*count) > 0) {
            recipe::Recipe next = m_form.recipe();
            next.training.context = raisedContext(*count);
            m_raised = Raised{m_form.recipe().training.context, next.training.context};
            m_form.change(next);
        }
        break;
    case Fix::LeaveOverLong:
        if (count != nullptr) {
            RowDecisions decisions = m_form.decisions();
            decisions.overLongRows = count->train.overLong;
            if (m_form.recipe().data.overLong == "error") {
                recipe::Recipe next = m_form.recipe();
                next.data.overLong = "drop";
                m_form.change(next);
            }
            m_form.decide(decisions);
        }
        break;
    case Fix::LeaveSilent:
        if (count != nullptr) {
            RowDecisions decisions = m_form.decisions();
            decisions.silentRows = count->train.silent;
            m_form.decide(decisions);
        }
        break;
    case Fix::LowerContextAgain:
        if (m_raised) {
            recipe::Recipe next = m_form.recipe();
            next.training.context = m_raised->from;
            m_raised.reset();
            m_form.change(next);
        }
        break;
    case Fix::AskOverLongAgain:
    case Fix::AskSilentAgain: {
        RowDecisions decisions = m_form.decisions();
        (fix == Fix::AskSilentAgain ? decisions.silentRows : decisions.overLongRows) = 0;
        m_form.decide(decisions);
        break;
    }
    case Fix::Retry:
        recount();
        break;
    case Fix::ShowFaults:
    case Fix::ChooseFile:
    case Fix::None:
        break; // the view's
    }
}

} // namespace fettle::ui
