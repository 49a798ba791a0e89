// What preflight found, with the fixes that a click takes: each is one change of the recipe or one decision, and each
// can be undone where it stands.
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/field_words.h"
#include "train/preflight_words.h"
#include "train/recipe_faults.h"
#include "train/train_presenter.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Core tells why in English; the usual reasons are said in the window's language.
struct SilentReason {
    const char* core;
    const char* words;
};
constexpr SilentReason kSilentReasons[] = {
    {"no assistant message to train on (none there, or all with weight 0)",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "There is no answer to learn, or its weight is 0.")},
    {"every message has weight 0",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "The weight of every message is 0.")},
    {"the messages to train on have no text",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "The answers are empty.")},
    {"the template marks nothing of the messages to train on as generated",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "The chat template marks nothing as generated.")},
    {"the row has no text to train on", QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "There is no text.")},
    {"no label that can be predicted", QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "Every label is masked.")},
    {"every trained token lies beyond the context",
     QT_TRANSLATE_NOOP("fettle::ui::TrainPresenter", "Every token to learn lies beyond the context.")},
};

constexpr double kTakenShare = 0.05;         // validation rows that a fix takes
constexpr double kFarAbove = 20;             // times the suggested rate
constexpr double kFarBelow = 50;             // a fraction of it
constexpr double kWorthWhile = 0.01;         // of the peak: less is not offered
constexpr std::size_t kRowsForMemory = 4096; // they fill any micro-batch
constexpr std::int64_t kSmallest = 64;       // tokens of a micro-batch or context that a fix goes down to

int count32(std::int64_t n) {
    return static_cast<int>(std::min<std::int64_t>(n, 2'000'000'000));
}

} // namespace

QString silentWords(const QString& reason) {
    for (const SilentReason& each : kSilentReasons) {
        if (reason == QLatin1StringView(each.core)) {
            return TrainPresenter::tr(each.words);
        }
    }
    return reason;
}

std::int64_t TrainPresenter::raisedContext(const PreflightCount& count) const {
    const std::int64_t wanted = (count.train.longestRow + 63) / 64 * 64; // whole blocks, a little room
    return m_config && m_config->maxPositions > 0 && wanted > m_config->maxPositions ? 0 : wanted;
}

// ---------------------------------------------------------------- memory

const QVector<TrainPresenter::MemoryFix>& TrainPresenter::memoryFixes() const {
    const std::optional<train::Estimate> guess = estimate();
    if (m_memoryKey != m_estimateKey) { // they are looked for once for each estimate
        m_memoryKey = m_estimateKey;
        m_memoryFixes = guess && m_check.count() != nullptr ? findMemoryFixes(*guess) : QVector<MemoryFix>();
    }
    return m_memoryFixes;
}

QVector<TrainPresenter::MemoryFix> TrainPresenter::findMemoryFixes(const train::Estimate& guess) const {
    QVector<MemoryFix> out;
    const recipe::Recipe& now = m_form.recipe();
    const PreflightCount* count = m_check.count();
    const auto offer = [&](MemoryFix fix) {
        const std::optional<train::Estimate> then = estimateOf(fix.recipe, kRowsForMemory);
        if (!then || then->peakBytes >= guess.peakBytes) {
            return false;
        }
        fix.saves = guess.peakBytes - then->peakBytes;
        if (static_cast<double>(fix.saves) < kWorthWhile * static_cast<double>(guess.peakBytes)) {
            return false;
        }
        // The same kind again goes further down: the last one that is still needed counts.
        if (!out.isEmpty() && out.back().fix == fix.fix) {
            out.back() = fix;
        } else {
            out.append(fix);
        }
        return then->peakBytes <= guess.machineBytes;
    };
    if (now.training.recompute != "full") {
        MemoryFix fix{.fix = Fix::RecomputeAll, .recipe = now};
        fix.recipe.training.recompute = "full";
        (void)offer(fix);
    }
    const bool cuda = now.training.device.rfind("cuda", 0) == 0;
    for (std::int64_t micro = train::microTokensOf(now, cuda) / 2; micro >= kSmallest; micro /= 2) {
        MemoryFix fix{.fix = Fix::SmallerMicro, .recipe = now, .value = micro};
        fix.recipe.training.microTokens = micro;
        if (offer(fix)) {
            break;
        }
    }
    const std::int64_t longest = std::min(now.training.context, count->train.longestRow);
    for (std::int64_t context = longest / 2 / 64 * 64; context >= kSmallest; context = context / 2 / 64 * 64) {
        MemoryFix fix{.fix = Fix::SmallerContext, .recipe = now, .value = context};
        fix.recipe.training.context = context;
        fix.rowsTooLong = std::count_if(count->trained.tokens.begin(), count->trained.tokens.end(),
                                        [context](std::int32_t tokens) { return tokens > context; });
        if (offer(fix)) {
            break;
        }
    }
    return out;
}

void TrainPresenter::addMemory(QVector<Finding>& out) const {
    const std::optional<train::Estimate> guess = estimate();
    if (!guess || guess->peakBytes == 0 || guess->machineBytes == 0) {
        return;
    }
    const bool measured = m_measure.fits(m_form.recipe()) && !m_measure.last()->error;
    const std::uint64_t peak = measured ? m_measure.last()->peakBytes : guess->peakBytes;
    if (peak <= guess->machineBytes) {
        out.append({u"fits"_s,
                    State::Ok,
                    tr("Fits"),
                    tr("%1 of %2 stay free")
                        .arg(Format::bytes(guess->machineBytes - peak), Format::bytes(guess->machineBytes)),
                    {},
                    false});
        return;
    }
    Finding finding{u"fits"_s,
                    State::Bad,
                    tr("Does not fit"),
                    tr("It needs about %1 and %2 are free. Lower what it keeps, or close other programs.")
                        .arg(Format::bytes(peak), Format::bytes(guess->machineBytes)),
                    {},
                    false};
    for (const MemoryFix& fix : memoryFixes()) {
        const QString saves = Format::bytes(fix.saves);
        finding.fixes.append(
            {fix.fix, fix.fix == Fix::RecomputeAll ? tr("Recompute all: saves %1").arg(saves)
                      : fix.fix == Fix::SmallerMicro
                          ? tr("Micro-batch %1: saves %2").arg(Format::exactCount(fix.value), saves)
                      : fix.rowsTooLong > 0
                          ? tr("Context %1: saves %2, %Ln row(s) become too long", nullptr, count32(fix.rowsTooLong))
                                .arg(Format::exactCount(fix.value), saves)
                          : tr("Context %1: saves %2").arg(Format::exactCount(fix.value), saves)});
    }
    out.append(finding);
}

// ---------------------------------------------------------------- rows

void TrainPresenter::addLongRows(QVector<Finding>& out, const CountedSplit& split) const {
    const recipe::Recipe& recipe = m_form.recipe();
    const RowDecisions& decided = m_form.decisions();
    if (split.overLong > 0) {
        const QString what = tr("%Ln row(s) are longer than the context", nullptr, count32(split.overLong));
        const std::int64_t raised = raisedContext(*m_check.count());
        QVector<Finding::Action> fixes;
        if (raised > recipe.training.context) {
            fixes.append({Fix::RaiseContext, tr("Raise context to %1").arg(Format::exactCount(raised))});
        }
        fixes.append({Fix::LeaveOverLong, tr("Leave these rows out")});
        if (recipe.data.overLong == "error") {
            out.append({u"over_long"_s, State::Warn, what,
                        tr("The recipe says that such rows are an error. Choose what happens to them."), fixes, true});
        } else if (recipe.data.overLong == "drop" && split.overLong > decided.overLongRows) {
            out.append({u"over_long"_s, State::Warn, what,
                        tr("The longest has %Ln token(s). They can be read whole or left out: choose before you start.",
                           nullptr, count32(split.longestRow)),
                        fixes, true});
        } else if (recipe.data.overLong == "drop") {
            out.append({u"over_long"_s,
                        State::Ok,
                        tr("%Ln long row(s) are left out", nullptr, count32(split.overLong)),
                        tr("As you chose. The recipe says it: over_long: drop."),
                        {{Fix::AskOverLongAgain, tr("Undo")}},
                        false});
        } else {
            const QString how =
                recipe.data.overLong == "split" ? tr("The recipe splits them into pieces.")
                : recipe.data.overLong == "cut_start"
                    ? tr("The recipe cuts their beginning: %1 tokens are lost.")
                          .arg(Format::exactCount(split.cutTokens))
                    : tr("The recipe cuts their end: %1 tokens are lost.").arg(Format::exactCount(split.cutTokens));
            out.append({u"over_long"_s, State::Ok, what, how, {}, false});
        }
        return;
    }
    for (const Applied& applied : m_applied) {
        if (applied.id == u"over_long" && holdsStill(applied)) {
            out.append({u"over_long"_s,
                        State::Ok,
                        applied.what,
                        applied.meaning,
                        {{Fix::LowerContextAgain, tr("Undo"), applied.id}},
                        false});
        }
    }
}

void TrainPresenter::addSilentRows(QVector<Finding>& out, const CountedSplit& split) const {
    if (split.silent <= 0) {
        return;
    }
    if (split.silent > m_form.decisions().silentRows) {
        out.append({u"silent"_s,
                    State::Warn,
                    tr("%Ln row(s) have no token to learn from", nullptr, count32(split.silent)),
                    silentWords(split.silentReason),
                    {{Fix::LeaveSilent, tr("Leave them out")}},
                    true});
    } else {
        out.append({u"silent"_s,
                    State::Ok,
                    tr("%Ln row(s) without a token to learn are left out", nullptr, count32(split.silent)),
                    silentWords(split.silentReason),
                    {{Fix::AskSilentAgain, tr("Undo")}},
                    false});
    }
}

// ---------------------------------------------------------------- advice

void TrainPresenter::addAdvice(QVector<Finding>& out, const PreflightCount& count) const {
    const recipe::Recipe& recipe = m_form.recipe();
    if (m_measure.lossesFit(recipe)) {
        const Measurement& last = *m_measure.last();
        if (last.error) {
            const ErrorText text = describe(*last.error);
            out.append({u"moves"_s, State::Bad, tr("The two steps failed"), text.what, {}, false});
        } else if (!std::isfinite(last.firstLoss) || !std::isfinite(last.secondLoss)) {
            out.append({u"moves"_s,
                        State::Bad,
                        tr("The loss is not a number"),
                        tr("Already in two steps. Lower the learning rate, or look at the rows."),
                        {},
                        false});
        } else {
            out.append(
                {u"moves"_s,
                 State::Ok,
                 tr("Two steps ran"),
                 tr("Loss %1, then %2, on other rows").arg(Format::loss(last.firstLoss), Format::loss(last.secondLoss)),
                 {},
                 false});
        }
    } else if (m_measure.fits(recipe) && m_measure.last()->error) {
        out.append(
            {u"moves"_s, State::Bad, tr("The two steps failed"), describe(*m_measure.last()->error).what, {}, false});
    }
    if (recipe.data.validation.empty() && !(recipe.data.validationShare > 0)) {
        out.append({u"no_validation"_s,
                    State::Warn,
                    tr("No row is kept for validation"),
                    tr("Nothing tells then whether it learns or only remembers."),
                    {{Fix::TakeValidation, tr("Take %1 of the rows").arg(Format::percent(kTakenShare))}},
                    false});
    } else if (count.validation && count.validation->rows == 0) {
        out.append({u"validation"_s,
                    State::Warn,
                    tr("No validation row can be used"),
                    tr("Without them nothing tells when to stop."),
                    {},
                    false});
    }
    const double suggested = m_form.suggested().optimizer.learningRate;
    const double rate = recipe.optimizer.learningRate;
    if (rate > kFarAbove * suggested || rate * kFarBelow < suggested) {
        out.append({u"rate"_s,
                    State::Warn,
                    rate > suggested ? tr("The learning rate is far above the usual")
                                     : tr("The learning rate is far below the usual"),
                    rate > suggested ? tr("At %1 the loss may diverge within a few steps.").arg(Format::rate(rate))
                                     : tr("At %1 the run may end before it has learned.").arg(Format::rate(rate)),
                    {{Fix::SuggestedRate, tr("Set %1").arg(Format::rate(suggested))}},
                    false});
    }
    for (const Applied& applied : m_applied) {
        if (applied.id != u"over_long" && holdsStill(applied)) {
            out.append({applied.id,
                        State::Ok,
                        applied.what,
                        applied.meaning,
                        {{Fix::UndoFix, tr("Undo"), applied.id}},
                        false});
        }
    }
}

QVector<Finding> TrainPresenter::findings(const PreflightCount& count) const {
    QVector<Finding> out;
    const CountedSplit& split = count.train;
    addMemory(out);
    if (split.goodRows == 0) {
        out.append({u"rows"_s,
                    State::Bad,
                    tr("There is no row to train on"),
                    tr("A project trains on rows of a file. Choose one: it becomes a project of its own."),
                    {{Fix::ChooseFile, tr("Choose file")}},
                    true});
        return out;
    }
    addLongRows(out, split);
    addSilentRows(out, split);
    const std::int64_t faulty = split.badRows + (count.validation ? count.validation->badRows : 0);
    if (faulty > 0) {
        out.append({u"faulty"_s,
                    State::Warn,
                    tr("%Ln row(s) cannot be used", nullptr, count32(faulty)),
                    tr("They are left out, the others are trained."),
                    {{Fix::ShowFaults, tr("Show")}},
                    false});
    }
    if (split.leftOut > 0) {
        QStringList rows;
        for (const std::string& entry : m_form.recipe().data.leaveOut) {
            rows << qs(entry);
        }
        out.append({u"left_out"_s,
                    State::Neutral,
                    tr("%Ln row(s) left out by choice", nullptr, count32(split.leftOut)),
                    tr("Rows %1 of the recipe are not trained. Their number does not change the numbers of the others.")
                        .arg(rows.join(u", "_s)),
                    {},
                    false});
    }
    if (split.bytesWithoutToken > 0) {
        out.append({u"bytes"_s,
                    State::Warn,
                    tr("%1 bytes have no token in this vocabulary")
                        .arg(Format::exactCount(static_cast<std::int64_t>(split.bytesWithoutToken))),
                    tr("They are left out of the text, as the model's own tokenizer does."),
                    {},
                    false});
    }
    addAdvice(out, count);
    if (m_form.locked()) { // nothing can be fixed while the text is no recipe
        for (Finding& finding : out) {
            finding.fixes.clear();
        }
    }
    return out;
}

// ---------------------------------------------------------------- fixes

bool TrainPresenter::holdsStill(const Applied& applied) const {
    const recipe::Field* field = recipe::findField(applied.key);
    return field != nullptr && field->get(m_form.recipe()) == applied.to;
}

void TrainPresenter::applyField(const QString& id, const char* key, const Json& to, const QString& what,
                                const QString& meaning) {
    const recipe::Field& field = *recipe::findField(key);
    recipe::Recipe next = m_form.recipe();
    const Json from = field.get(next);
    if (m_form.locked() || !field.set(next, to) || next == m_form.recipe()) {
        return;
    }
    erase_if(m_applied, [&id](const Applied& each) { return each.id == id; });
    m_applied.append({id, key, from, field.get(next), what, meaning});
    m_form.change(next);
}

void TrainPresenter::apply(Fix fix, const QString& arg) {
    const PreflightCount* count = m_check.count();
    const auto memory = [this](Fix wanted) -> std::optional<MemoryFix> {
        for (const MemoryFix& each : memoryFixes()) {
            if (each.fix == wanted) {
                return each;
            }
        }
        return std::nullopt;
    };
    switch (fix) {
    case Fix::RaiseContext:
        if (count != nullptr && raisedContext(*count) > 0) {
            const std::int64_t to = raisedContext(*count);
            applyField(u"over_long"_s, "training.context", Json(to), tr("All rows fit the context"),
                       tr("The context was raised to %1.").arg(Format::exactCount(to)));
        }
        break;
    case Fix::RecomputeAll:
        applyField(u"recompute"_s, "training.recompute", Json("full"), tr("Everything is computed again"),
                   tr("Less memory, about a third more time: recompute: full."));
        break;
    case Fix::SmallerMicro:
        if (const std::optional<MemoryFix> found = memory(fix)) {
            applyField(u"micro"_s, "training.micro_tokens", Json(found->value), tr("Smaller micro-batches"),
                       tr("%1 tokens at once; what is learned stays the same.").arg(Format::exactCount(found->value)));
        }
        break;
    case Fix::SmallerContext:
        if (const std::optional<MemoryFix> found = memory(fix)) {
            applyField(u"context"_s, "training.context", Json(found->value), tr("A smaller context"),
                       tr("Rows of up to %1 tokens are read.").arg(Format::exactCount(found->value)));
        }
        break;
    case Fix::TakeValidation:
        applyField(u"validation_share"_s, "data.validation", Json(kTakenShare),
                   tr("%1 of the rows are kept for validation").arg(Format::percent(kTakenShare)),
                   tr("Chosen by their number, the same in every run."));
        break;
    case Fix::SuggestedRate: {
        const double rate = m_form.suggested().optimizer.learningRate;
        applyField(u"rate_set"_s, "optimizer.learning_rate", Json(rate), tr("The usual learning rate"),
                   tr("It was set to %1.").arg(Format::rate(rate)));
        break;
    }
    case Fix::LowerContextAgain:
    case Fix::UndoFix: {
        const QString id = fix == Fix::LowerContextAgain ? u"over_long"_s : arg;
        for (qsizetype i = 0; i < m_applied.size(); ++i) {
            if (m_applied[i].id == id && holdsStill(m_applied[i])) {
                const Applied applied = m_applied.takeAt(i);
                (void)m_form.setValue(applied.key.c_str(), applied.from);
                break;
            }
        }
        break;
    }
    case Fix::LeaveOverLong:
        if (count != nullptr) {
            RowDecisions decisions = m_form.decisions();
            decisions.overLongRows = count->train.overLong;
            recipe::Recipe next = m_form.recipe();
            if (next.data.overLong == "error") {
                next.data.overLong = "drop";
            }
            m_form.changeAndDecide(next, decisions);
        }
        break;
    case Fix::LeaveSilent:
        if (count != nullptr) {
            RowDecisions decisions = m_form.decisions();
            decisions.silentRows = count->train.silent;
            m_form.decide(decisions);
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
    case Fix::ShowYaml:
    case Fix::None:
        break; // the view's
    }
}

} // namespace fettle::ui
