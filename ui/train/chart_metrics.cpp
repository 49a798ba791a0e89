#include "train/chart_metrics.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <string_view>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::ChartMetric)
};

struct Row {
    const char* id;
    const char* title;
    ValueKind kind;
    bool usual;
};
constexpr std::array kRows = {
    Row{"loss", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Loss"), ValueKind::Loss, false},
    Row{"token_accuracy", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Token accuracy"), ValueKind::Score, true},
    Row{"lr", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Learning rate"), ValueKind::Rate, true},
    Row{"grad_norm", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Gradient norm"), ValueKind::Score, true},
    Row{"tokens_per_s", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Tokens/s"), ValueKind::Count, true},
    Row{"step_ms", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Time per step"), ValueKind::Time, false},
    Row{"wait_ms", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Waiting per step"), ValueKind::Time, false},
    Row{"peak_bytes", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Peak memory"), ValueKind::Bytes, false},
    Row{"device_peak_bytes", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Peak device memory"), ValueKind::Bytes,
        false},
    Row{"label_tokens", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Trained tokens per step"), ValueKind::Count,
        false},
    Row{"tokens", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Tokens per step"), ValueKind::Count, false},
    Row{"computed_tokens", QT_TRANSLATE_NOOP("fettle::ui::ChartMetric", "Computed tokens per step"), ValueKind::Count,
        false},
};

/// Names that the logs of the Hugging Face Trainer, TRL, LLaMA-Factory, hosted jobs and TensorBoard use, without a
/// leading "train/" or "eval/", which is taken off first.
struct Name {
    std::string_view name;
    const char* chart;
    bool validation;
};
constexpr std::array kNames = {
    Name{"loss", "loss", false},
    Name{"train_loss", "loss", false},
    Name{"training_loss", "loss", false},
    Name{"eval_loss", "loss", true},
    Name{"valid_loss", "loss", true},
    Name{"val_loss", "loss", true},
    Name{"validation_loss", "loss", true},
    Name{"full_valid_loss", "loss", true},
    Name{"accuracy", "token_accuracy", false},
    Name{"token_accuracy", "token_accuracy", false},
    Name{"mean_token_accuracy", "token_accuracy", false},
    Name{"train_accuracy", "token_accuracy", false},
    Name{"train_mean_token_accuracy", "token_accuracy", false},
    Name{"eval_accuracy", "token_accuracy", true},
    Name{"eval_mean_token_accuracy", "token_accuracy", true},
    Name{"valid_accuracy", "token_accuracy", true},
    Name{"valid_mean_token_accuracy", "token_accuracy", true},
    Name{"validation_mean_token_accuracy", "token_accuracy", true},
    Name{"full_valid_mean_token_accuracy", "token_accuracy", true},
    Name{"learning_rate", "lr", false},
    Name{"lr", "lr", false},
    Name{"grad_norm", "grad_norm", false},
    Name{"throughput", "tokens_per_s", false},
    Name{"tokens_per_s", "tokens_per_s", false},
    Name{"step_ms", "step_ms", false},
    Name{"wait_ms", "wait_ms", false},
    Name{"peak_bytes", "peak_bytes", false},
    Name{"device_peak_bytes", "device_peak_bytes", false},
    Name{"label_tokens", "label_tokens", false},
    Name{"computed_tokens", "computed_tokens", false},
};

constexpr std::array<std::string_view, 3> kEpochs = {"epoch", "train/epoch", "eval/epoch"};
constexpr std::array<std::string_view, 5> kTokens = {"num_tokens", "total_tokens", "num_input_tokens_seen",
                                                     "train/num_tokens", "train/num_input_tokens_seen"};
constexpr std::array<std::string_view, 2> kSeconds = {"elapsed_time", "seconds"};

template <class Names>
bool holds(const Names& names, const QString& name) {
    return std::any_of(names.begin(), names.end(), [&name](std::string_view each) {
        return name == QLatin1StringView(each.data(), static_cast<qsizetype>(each.size()));
    });
}

const Row* rowOf(const QString& id) {
    const auto found =
        std::find_if(kRows.begin(), kRows.end(), [&id](const Row& row) { return id == QLatin1StringView(row.id); });
    return found == kRows.end() ? nullptr : &*found;
}

/// What is left of a name that a program wrote for machines: "rewards/chosen" stays, it is known by that name.
QString plainTitle(const QString& id) {
    return id.mid(id.indexOf(u':') + 1);
}

} // namespace

ChartMetric chartMetric(const QString& id) {
    if (const Row* row = rowOf(id)) {
        return {id, Words::tr(row->title), row->kind};
    }
    return {id, plainTitle(id), ValueKind::Other};
}

QStringList usualCharts() {
    QStringList out;
    for (const Row& row : kRows) {
        if (row.usual) {
            out << QString::fromLatin1(row.id);
        }
    }
    return out;
}

QString evaluationChart(const QString& key) {
    return rowOf(key) != nullptr ? key : QString(u"eval:"_s % key);
}

bool isForeignAxis(const QString& name, XAxis axis) {
    switch (axis) {
    case XAxis::Step:
        return false;
    case XAxis::Epoch:
        return holds(kEpochs, name);
    case XAxis::Tokens:
        return holds(kTokens, name);
    case XAxis::Time:
        return holds(kSeconds, name);
    }
    return false;
}

std::optional<ForeignMatch> foreignMatch(const QString& name) {
    if (isForeignAxis(name, XAxis::Epoch) || isForeignAxis(name, XAxis::Tokens) || isForeignAxis(name, XAxis::Time)) {
        return std::nullopt;
    }
    QString plain = name;
    bool validation = false;
    if (plain.startsWith(u"train/")) {
        plain.remove(0, 6);
    } else if (plain.startsWith(u"eval/")) {
        plain = u"eval_"_s % plain.mid(5);
    } else if (plain.startsWith(u"validation.") || plain.startsWith(u"test.")) { // our own runs
        plain = plain.section(u'.', 1);
        validation = true;
    }
    for (const Name& each : kNames) {
        if (plain == QLatin1StringView(each.name.data(), static_cast<qsizetype>(each.name.size()))) {
            return ForeignMatch{QString::fromLatin1(each.chart), validation || each.validation};
        }
    }
    if (plain.startsWith(u"eval_") && plain.endsWith(u"_loss")) { // one of several evaluation sets
        return ForeignMatch{u"loss"_s, true};
    }
    if (validation) {
        return ForeignMatch{evaluationChart(plain), true};
    }
    return ForeignMatch{u"log:"_s % name, false};
}

} // namespace fettle::ui
