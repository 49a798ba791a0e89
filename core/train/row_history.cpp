// Row losses by epoch: reading the files, the classes, and where the texts lie.
#include "train/row_history.h"

#include "base/files.h"
#include "run/run_folder.h"
#include "train/row_losses.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace fettle::train {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

// The value below which `share` of the values lie (nearest rank); the order of `values` changes.
double quantile(std::vector<float>& values, double share) {
    if (values.empty()) {
        return 0;
    }
    const auto rank = static_cast<std::ptrdiff_t>(std::lround(share * static_cast<double>(values.size() - 1)));
    std::nth_element(values.begin(), values.begin() + rank, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(rank)]);
}

struct Ends {
    float first = kNone, last = kNone;
    std::size_t count = 0;
};

Ends endsOf(std::span<const float> losses) {
    Ends out;
    for (const float loss : losses) {
        if (std::isfinite(loss)) {
            if (out.count++ == 0) {
                out.first = loss;
            }
            out.last = loss;
        }
    }
    return out;
}

} // namespace

float RowHistory::last(std::size_t index) const {
    return endsOf(row(index)).last;
}

Result<RowHistory> readRowHistory(const std::string& runFolder) {
    FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(runFolder));
    RowHistory out;
    std::vector<std::vector<RowLoss>> files;
    for (const run::RunEvent& event : history.events) {
        const auto* told = std::get_if<run::RowLosses>(&event.body);
        if (told == nullptr) {
            continue;
        }
        const std::string path = runFolder + "/" + told->path;
        auto losses = readRowLosses(path);
        if (!losses) {
            Error fault = std::move(losses).error();
            out.faults.push_back(fault.file.empty() ? std::move(fault.at(path)) : std::move(fault));
            continue;
        }
        const auto before = [](const RowLoss& a, const RowLoss& b) { return a.sample < b.sample; };
        if (!std::is_sorted(losses->begin(), losses->end(), before)) {
            std::sort(losses->begin(), losses->end(), before);
        }
        out.steps.push_back(told->step);
        files.push_back(std::move(*losses));
    }
    for (const auto& file : files) {
        for (const RowLoss& row : file) {
            out.samples.push_back(row.sample);
        }
        // Mostly the same rows as before: merging keeps the list as long as the rows, not the rows times the epochs.
        std::sort(out.samples.begin(), out.samples.end());
        out.samples.erase(std::unique(out.samples.begin(), out.samples.end()), out.samples.end());
    }
    const std::size_t columns = files.size();
    out.losses.assign(out.samples.size() * columns, kNone);
    for (std::size_t column = 0; column < columns; ++column) {
        std::size_t row = 0;
        for (const RowLoss& one : files[column]) {
            while (out.samples[row] < one.sample) {
                ++row;
            }
            out.losses[row * columns + column] = one.loss;
        }
        files[column] = {};
    }
    return out;
}

RowThresholds rowThresholds(const RowHistory& history) {
    std::vector<float> first;
    std::vector<float> last;
    std::vector<float> fall;
    first.reserve(history.samples.size());
    last.reserve(history.samples.size());
    fall.reserve(history.samples.size());
    for (std::size_t row = 0; row < history.samples.size(); ++row) {
        const Ends ends = endsOf(history.row(row));
        if (ends.count == 0) {
            continue;
        }
        first.push_back(ends.first);
        last.push_back(ends.last);
        if (ends.count > 1) {
            fall.push_back(ends.first - ends.last);
        }
    }
    RowThresholds out;
    out.firstMedian = quantile(first, 0.5);
    out.lastMedian = quantile(last, 0.5);
    out.lastUpper = quantile(last, 0.75);
    out.spread = out.lastUpper - quantile(last, 0.25);
    out.medianFall = std::max(0.0, quantile(fall, 0.5));
    return out;
}

RowClass classifyRow(std::span<const float> losses, const RowThresholds& thresholds) {
    const Ends ends = endsOf(losses);
    if (ends.count == 0) {
        return RowClass::Untold;
    }
    const auto last = static_cast<double>(ends.last);
    if (ends.count > 1 && last >= thresholds.lastUpper && last > kKnownLoss) {
        double lowest = std::numeric_limits<double>::infinity();
        for (const float loss : losses) {
            if (std::isfinite(loss)) {
                lowest = std::min(lowest, static_cast<double>(loss));
            }
        }
        if (lowest <= thresholds.lastMedian && last - lowest > 0 && last - lowest >= thresholds.rose()) {
            return RowClass::Forgotten;
        }
        if (static_cast<double>(ends.first) - last <= thresholds.hardlyFell()) {
            return RowClass::NeverLearned;
        }
    }
    const bool easy = std::all_of(losses.begin(), losses.end(), [&](float loss) {
        return !std::isfinite(loss) || static_cast<double>(loss) <= thresholds.easy();
    });
    return easy ? RowClass::TooEasy : RowClass::Learning;
}

std::vector<RowClass> classifyRowLosses(const RowHistory& history) {
    const RowThresholds thresholds = rowThresholds(history);
    std::vector<RowClass> out;
    out.reserve(history.samples.size());
    for (std::size_t row = 0; row < history.samples.size(); ++row) {
        out.push_back(classifyRow(history.row(row), thresholds));
    }
    return out;
}

Result<void> writeRowHistoryCsv(const std::string& path, const RowHistory& history, std::span<const RowClass> classes,
                                std::span<const std::uint32_t> rows) {
    constexpr std::size_t kPiece = 1 << 20;
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(path));
    std::string text = "row,class,first_loss,last_loss";
    for (const std::int64_t step : history.steps) {
        text += ",step_" + std::to_string(step);
    }
    text += '\n';
    const auto add = [&text](float loss) {
        text += ',';
        if (std::isfinite(loss)) {
            std::array<char, 32> digits{};
            const auto [end, status] = std::to_chars(digits.data(), digits.data() + digits.size(), loss);
            text.append(digits.data(), status == std::errc{} ? end : digits.data());
        }
    };
    for (const std::uint32_t row : rows) {
        const Ends ends = endsOf(history.row(row));
        text += std::to_string(history.samples[row]);
        text += ',';
        text += rowClassName(classes[row]);
        add(ends.first);
        add(ends.last);
        for (const float loss : history.row(row)) {
            add(loss);
        }
        text += '\n';
        if (text.size() > kPiece) {
            FETTLE_TRY(file.write(text));
            text.clear();
        }
    }
    FETTLE_TRY(file.write(text));
    return file.commit();
}

const char* rowClassName(RowClass rowClass) {
    switch (rowClass) {
    case RowClass::Untold:
        break;
    case RowClass::Learning:
        return "learning";
    case RowClass::TooEasy:
        return "too_easy";
    case RowClass::NeverLearned:
        return "never_learned";
    case RowClass::Forgotten:
        return "forgotten";
    }
    return "untold";
}

} // namespace fettle::train
