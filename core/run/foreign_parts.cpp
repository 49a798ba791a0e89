// Collecting the points of a foreign log.
#include "run/foreign_parts.h"

#include "base/numbers.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

namespace fettle::run {
namespace {

constexpr std::size_t kMostProblems = 1000;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string_view lastPart(std::string_view name) {
    const auto slash = name.rfind('/');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

bool isLossName(std::string_view name) {
    const std::string_view part = lastPart(name);
    return part == "loss" || part.ends_with("_loss");
}

bool hasGap(const ForeignSeries& series) {
    return std::any_of(series.points.begin(), series.points.end(), [](const auto& p) { return std::isnan(p.second); });
}

// The Trainer writes 0.0 for a loss that is no number; its gradient norm says what happened.
bool hidesDivergence(const ForeignSeries& gradNorm, const std::vector<ForeignSeries>& all) {
    if (!gradNorm.points.empty() && std::isnan(gradNorm.points.back().second)) {
        return true;
    }
    std::set<double> gaps;
    for (const auto& [step, value] : gradNorm.points) {
        if (std::isnan(value)) {
            gaps.insert(step);
        }
    }
    if (gaps.empty()) {
        return false;
    }
    const std::string prefix = gradNorm.name.substr(0, gradNorm.name.size() - lastPart(gradNorm.name).size());
    for (const ForeignSeries& series : all) {
        if (series.name != prefix + "loss") {
            continue;
        }
        for (const auto& [step, value] : series.points) {
            if (value == 0 && gaps.contains(step)) {
                return true;
            }
        }
    }
    return false;
}

bool tellsDivergence(const std::vector<ForeignSeries>& all) {
    return std::any_of(all.begin(), all.end(), [&all](const ForeignSeries& series) {
        return (isLossName(series.name) && hasGap(series)) ||
               (lastPart(series.name) == "grad_norm" && hidesDivergence(series, all));
    });
}

} // namespace

LogBuilder::LogBuilder(std::string kind, std::string path) {
    m_log.kind = std::move(kind);
    m_log.title = folderTitle(path);
    m_log.path = std::move(path);
}

void LogBuilder::add(std::string_view name, double step, double value) {
    auto found = m_index.find(name);
    if (found == m_index.end()) {
        found = m_index.emplace(std::string(name), static_cast<std::uint32_t>(m_names.size())).first;
        m_names.emplace_back(name);
    }
    m_points.push_back({found->second, static_cast<std::uint32_t>(life()), step, std::isfinite(value) ? value : kNan});
}

void LogBuilder::problem(Error error) {
    ++m_log.skipped;
    if (m_log.problems.size() < kMostProblems) {
        if (error.file.empty()) {
            error.file = m_log.path;
        }
        m_log.problems.push_back(std::move(error));
    }
}

void LogBuilder::note(std::string text) {
    m_log.notes.push_back(std::move(text));
}

std::size_t LogBuilder::startLife() {
    m_lives.emplace_back();
    return life();
}

void LogBuilder::cutBefore(std::size_t life, double step, bool inclusive) {
    m_lives[life].cut = step;
    m_lives[life].inclusive = inclusive;
}

// From the last life to the first: the lowest step that a later one went back to.
std::vector<bool> LogBuilder::kept() const {
    std::vector<bool> keep(m_points.size(), true);
    std::vector<std::vector<std::size_t>> byLife(m_lives.size());
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        byLife[m_points[i].life].push_back(i);
    }
    double limit = std::numeric_limits<double>::infinity();
    bool inclusive = false;
    std::set<std::uint32_t> atLimit;
    for (std::size_t life = m_lives.size(); life-- > 0;) {
        for (const std::size_t i : byLife[life]) {
            const Point& point = m_points[i];
            keep[i] = point.step < limit || (point.step == limit && !inclusive && !atLimit.contains(point.series));
        }
        const Life& one = m_lives[life];
        if (!one.cut || *one.cut > limit) {
            continue;
        }
        if (*one.cut < limit) {
            limit = *one.cut;
            inclusive = false;
            atLimit.clear();
        }
        inclusive = inclusive || one.inclusive;
        for (const std::size_t i : byLife[life]) {
            if (m_points[i].step == limit) {
                atLimit.insert(m_points[i].series);
            }
        }
    }
    return keep;
}

ForeignLog LogBuilder::finish() {
    const std::vector<bool> keep = kept();
    std::vector<ForeignSeries> all(m_names.size());
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        all[i].name = m_names[i];
    }
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        if (keep[i]) {
            all[m_points[i].series].points.emplace_back(m_points[i].step, m_points[i].value);
        } else {
            ++m_log.overwritten;
        }
    }
    std::erase_if(all, [](const ForeignSeries& series) { return series.points.empty(); });
    m_log.series = std::move(all);
    m_log.diverged = tellsDivergence(m_log.series);
    if (m_log.overwritten > 0) {
        m_log.notes.push_back(std::to_string(m_log.overwritten) +
                              (m_log.overwritten == 1 ? " point of a step" : " points of steps") +
                              " that a resumed run trained again: only the later ones are kept");
    }
    if (m_log.skipped > static_cast<std::int64_t>(m_log.problems.size())) {
        m_log.notes.push_back(
            "and " + std::to_string(m_log.skipped - static_cast<std::int64_t>(m_log.problems.size())) + " more faults");
    }
    return std::move(m_log);
}

RowReader::RowReader(LogBuilder& builder, std::string stepKey, std::set<std::string, std::less<>> textKeys)
    : m_builder(builder)
    , m_stepKey(std::move(stepKey))
    , m_textKeys(std::move(textKeys)) {}

void RowReader::add(const Json& row, const Error& place, const std::string& keyPrefix) {
    const auto fault = [&](const std::string& key, std::string message) {
        Error error = place;
        error.code = ErrorCode::InvalidInput;
        error.message = std::move(message);
        error.key = keyPrefix + key;
        m_builder.problem(std::move(error));
    };
    if (!row.is_object()) {
        Error error = place;
        error.code = ErrorCode::InvalidInput;
        error.message = std::string("expected an object with ") + m_stepKey + ", found " + row.type_name();
        error.key = keyPrefix.empty() ? "" : keyPrefix.substr(0, keyPrefix.size() - 1);
        m_builder.problem(std::move(error));
        return;
    }
    const auto stepFound = row.find(m_stepKey);
    if (stepFound == row.end() || !stepFound->is_number()) {
        fault(m_stepKey,
              stepFound == row.end() ? "missing: the entry is left out" : "is not a number: the entry is left out");
        return;
    }
    const double step = stepFound->get<double>();
    // Where this row stands: a training row, an evaluation, or neither (a summary, progress without numbers).
    const bool summary = row.contains("train_loss");
    const bool training = !summary && row.contains("loss");
    bool evaluation = false;
    for (const auto& [key, value] : row.items()) {
        evaluation = evaluation || (!summary && isEvaluationName(key) && lastPart(key).ends_with("loss"));
    }
    if (training || evaluation) {
        if ((m_last && step < *m_last) || (training && m_lastTraining && step == *m_lastTraining)) {
            m_starts.push_back({m_builder.startLife(), std::nullopt, std::nullopt});
            m_lastTraining.reset();
        }
        Start& start = m_starts.back();
        m_last = step;
        if (training) {
            m_lastTraining = step;
            if (!start.firstTraining) {
                start.firstTraining = step;
            }
        } else if (!start.firstTraining && !start.firstEvaluation && step > 0) {
            start.firstEvaluation = step;
        }
    }
    for (const auto& [key, value] : row.items()) {
        if (key == m_stepKey) {
            continue;
        }
        if (value.is_number()) {
            m_builder.add(key, step, value.get<double>());
        } else if (value.is_null()) {
            m_builder.add(key, step, kNan);
        } else if (m_textKeys.contains(key)) {
            ++m_texts[key];
        } else {
            fault(key, std::string("expected a number, found ") + value.type_name());
        }
    }
}

void RowReader::finish() {
    for (const Start& start : m_starts) {
        // A life without a training row (an evaluation or a prediction afterwards) overwrites nothing.
        if (start.life > 0 && start.firstTraining) {
            m_builder.cutBefore(start.life, start.firstEvaluation
                                                ? std::min(*start.firstTraining, *start.firstEvaluation)
                                                : *start.firstTraining);
        }
    }
    for (const auto& [key, count] : m_texts) {
        m_builder.note(key + " is text and makes no series (" + std::to_string(count) +
                       (count == 1 ? " value)" : " values)"));
    }
}

bool isEvaluationName(std::string_view name) {
    for (const std::string_view start : {"eval", "valid", "val_", "val/", "test", "full_valid", "predict"}) {
        if (name.starts_with(start)) {
            return true;
        }
    }
    return false;
}

std::string folderTitle(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code status;
    fs::path at = fs::absolute(path, status).lexically_normal();
    if (status) {
        at = path;
    }
    if (!at.has_filename()) {
        at = at.parent_path();
    }
    if (!fs::is_directory(at, status)) {
        at = at.parent_path();
    }
    return at.filename().string();
}

std::string_view withoutMark(std::string_view text) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

} // namespace fettle::run
