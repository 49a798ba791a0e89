// The autopsy in words and as JSON.
#include "train/autopsy.h"

#include "base/numbers.h"

#include <array>
#include <charconv>
#include <cmath>

namespace fettle::train {
namespace {

std::string text(double value) {
    if (!std::isfinite(value)) {
        return "not a number";
    }
    std::array<char, 32> digits{};
    const auto [end, status] =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 4);
    return std::string(digits.data(), status == std::errc{} ? end : digits.data());
}

std::string listOf(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (std::size_t i = 0; i < numbers.size() && i < 12; ++i) {
        out += (i > 0 ? ", " : "") + std::to_string(numbers[i]);
    }
    return numbers.size() > 12 ? out + " and " + std::to_string(numbers.size() - 12) + " more" : out;
}

std::string causeText(const Autopsy& a) {
    const std::string step = std::to_string(a.step);
    switch (a.cause) {
    case AutopsyCause::NotUnusual:
        return "step " + step + " is not unusual for this run";
    case AutopsyCause::RateTooHigh: {
        const bool gradient = a.gradient.steps >= a.loss.steps;
        const SignalFact& signal = gradient ? a.gradient : a.loss;
        if (signal.steps == 0) {
            return "likely the learning rate is too high: values of the adapter have grown to " +
                   text(a.record ? a.record->largestParameter : 0);
        }
        return "likely the learning rate is too high: the " + std::string(gradient ? "gradient norm" : "loss") +
               " was " + text(signal.last) + " before it ended, usual is " + text(signal.usual) +
               ", and had risen for " + std::to_string(signal.steps) + (signal.steps == 1 ? " step" : " steps");
    }
    case AutopsyCause::GradientJumped:
        return "the gradient norm jumped to " + text(a.gradient.highest) + " at step " +
               std::to_string(a.gradient.highestStep) + ", usual is " + text(a.gradient.usual) +
               ": a learning rate that is too high, or rows of that step";
    case AutopsyCause::AdapterBroken:
        return "the adapter held values that are no numbers when step " + step +
               " began: the update of the step before made them, not the rows of this one";
    case AutopsyCause::OneRow:
        return "likely one row: of " + std::to_string(a.computedRows) +
               " rows only one has a loss that is not a number, and nothing rose before";
    case AutopsyCause::SomeRows:
        return std::to_string(a.badRows) + " of " + std::to_string(a.computedRows) +
               " rows have a loss that is not a number, and nothing rose before";
    case AutopsyCause::AllRows:
        return "all " + std::to_string(a.computedRows) +
               " rows have a loss that is not a number, and nothing rose before: single rows are not the cause";
    case AutopsyCause::StepAlone:
        return "step " + step + " alone is unusual: the run went on as before, so its rows are harder or different";
    case AutopsyCause::Untold:
        break;
    }
    return "what was recorded does not tell the cause";
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json signalJson(const SignalFact& signal) {
    if (!signal.known) {
        return nullptr;
    }
    return {{"usual", number(signal.usual)},
            {"limit", number(signal.limit)},
            {"last", number(signal.last)},
            {"rises_from", signal.rises ? Json(*signal.rises) : Json(nullptr)},
            {"steps", signal.steps}};
}

} // namespace

std::vector<std::string> autopsyLines(const Autopsy& a) {
    std::vector<std::string> out;
    const std::string what = a.what == "gradient" ? "the gradient is" : "the loss is";
    out.push_back(a.diverged ? "diverged at step " + std::to_string(a.step) + ": " + what + " not a number"
                             : "step " + std::to_string(a.step));
    out.push_back(causeText(a));
    if (a.at && !a.diverged) {
        out.push_back("loss " + text(a.at->loss) + ", gradient norm " + text(a.at->gradientNorm));
    }
    const auto signal = [&out](const char* name, const SignalFact& fact) {
        if (fact.known) {
            out.push_back(
                std::string(name) + ": last " + text(fact.last) + ", usual " + text(fact.usual) +
                (fact.rises ? ", above the usual since step " + std::to_string(*fact.rises) : ", within the usual"));
        }
    };
    signal("loss before", a.loss);
    signal("gradient norm before", a.gradient);
    if (!a.roseFirst.empty()) {
        out.push_back("the " + std::string(a.roseFirst == "loss" ? "loss" : "gradient norm") + " rose first");
    }
    out.push_back("learning rate " + formatDouble(a.rate) + " (highest until then " + formatDouble(a.highestRate) +
                  ")" + (a.warmUp ? ", still in the warm-up" : ""));
    if (a.noGradientLimit) {
        out.push_back("gradients were not limited (optimizer.max_grad_norm is 0)");
    }
    if (!a.computeType.empty()) {
        out.push_back("computed in " + a.computeType);
    }
    if (a.epochBegan) {
        out.push_back("first step of epoch " + std::to_string(*a.epochBegan));
    }
    if (a.resumedFrom) {
        out.push_back("the run was resumed from step " + std::to_string(*a.resumedFrom) + " shortly before");
    }
    if (a.record) {
        if (a.record->what == "loss") {
            out.push_back(std::to_string(a.badRows) + " of " + std::to_string(a.computedRows) +
                          " rows computed until then have a loss that is not a number");
        } else if (!a.record->badLayers.empty()) {
            out.push_back("layers whose gradient is not a number: " + listOf(a.record->badLayers));
        }
        out.push_back(a.record->adapterFinite ? "largest value of the adapter " + text(a.record->largestParameter)
                                              : "the adapter holds values that are no numbers");
    }
    if (a.largestLossRow) {
        out.push_back("largest loss that is a number: row " + std::to_string(*a.largestLossRow) + ", " +
                      text(a.largestLoss));
    }
    if (!a.rows.empty()) {
        out.push_back("rows: " + listOf(a.rows));
    }
    out.push_back(a.checkpoint ? "last checkpoint before: step " + std::to_string(a.checkpoint->step)
                               : "no checkpoint was saved before");
    return out;
}

Json autopsyJson(const Autopsy& a) {
    Json before = Json::array();
    for (const StepFact& fact : a.before) {
        before.push_back({{"step", fact.step},
                          {"loss", number(fact.loss)},
                          {"grad_norm", number(fact.gradientNorm)},
                          {"lr", number(fact.rate)}});
    }
    Json out = {{"step", a.step},
                {"cause", autopsyCauseName(a.cause)},
                {"sentence", causeText(a)},
                {"what", a.what.empty() ? Json(nullptr) : Json(a.what)},
                {"loss", signalJson(a.loss)},
                {"grad_norm", signalJson(a.gradient)},
                {"rose_first", a.roseFirst.empty() ? Json(nullptr) : Json(a.roseFirst)},
                {"lr", number(a.rate)},
                {"highest_lr", number(a.highestRate)},
                {"warm_up", a.warmUp},
                {"first_step_of_epoch", a.epochBegan ? Json(*a.epochBegan) : Json(nullptr)},
                {"resumed_from", a.resumedFrom ? Json(*a.resumedFrom) : Json(nullptr)},
                {"gradient_limit_off", a.noGradientLimit},
                {"compute_dtype", a.computeType.empty() ? Json(nullptr) : Json(a.computeType)},
                {"rows", a.rows},
                {"checkpoint_step", a.checkpoint ? Json(a.checkpoint->step) : Json(nullptr)},
                {"before", std::move(before)}};
    if (a.record) {
        out["adapter_finite"] = a.record->adapterFinite;
        out["largest_parameter"] = number(a.record->largestParameter);
        out["bad_layers"] = a.record->badLayers;
        out["bad_rows"] = a.badRows;
        out["computed_rows"] = a.computedRows;
    }
    if (a.largestLossRow) {
        out["largest_loss"] = {{"row", *a.largestLossRow}, {"loss", a.largestLoss}};
    }
    return out;
}

} // namespace fettle::train
