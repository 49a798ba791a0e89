// The scalars of TensorBoard event files. One run may have several files in its folder: each start of the program opens
// a new one.
#include "base/files.h"
#include "base/numbers.h"
#include "base/utf8.h"
#include "run/foreign_parts.h"
#include "run/tensorboard_events.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>

namespace fettle::run {
namespace {

namespace fs = std::filesystem;

// "events.out.tfevents.1700000000.host.12.0" → 1700000000: files of one run in the order they were begun.
std::int64_t startedAt(const std::string& path) {
    constexpr std::string_view kMark = "tfevents.";
    const std::string name = fs::path(path).filename().string();
    const auto found = name.find(kMark);
    if (found == std::string::npos) {
        return 0;
    }
    const std::string_view rest = std::string_view(name).substr(found + kMark.size());
    return parseInt(rest.substr(0, rest.find_first_not_of("0123456789"))).valueOr(0);
}

// The scalars of one run.
class RunScalars {
public:
    explicit RunScalars(LogBuilder& builder)
        : m_builder(builder) {}

    Result<void> read(const std::string& path) {
        FETTLE_TRY_VALUE(const std::string bytes, readFile(path));
        m_path = path;
        if (m_anyFile) {
            endLife();
            m_builder.startLife();
        }
        m_anyFile = true;
        RecordReader records(bytes);
        for (;;) {
            switch (records.next()) {
            case RecordReader::Outcome::Record:
                take(records);
                continue;
            case RecordReader::Outcome::BadRecord:
                problem(records, {}, "its checksum does not fit: the record is left out");
                continue;
            case RecordReader::Outcome::BadLength:
                problem(records, {}, "its length is damaged: the rest of the file is left out");
                break;
            case RecordReader::Outcome::TornEnd:
                m_builder.note(fs::path(path).filename().string() +
                               " ends inside a record, as it does while a run writes it");
                break;
            case RecordReader::Outcome::End:
                break;
            }
            return {};
        }
    }

    void finish() {
        endLife();
        for (const auto& [tag, plugin] : m_otherTags) {
            m_builder.note("'" + tag + "' holds " + plugin + " and makes no series");
        }
    }

private:
    void problem(const RecordReader& records, const std::string& tag, const std::string& message) {
        Error error = makeError(ErrorCode::Corrupt, "record " + std::to_string(records.number()) + " (byte " +
                                                        std::to_string(records.offset()) + "): " + message);
        error.file = m_path;
        error.key = tag;
        m_builder.problem(std::move(error));
    }

    void take(const RecordReader& records) {
        const auto event = readTensorBoardEvent(records.data());
        if (!event) {
            problem(records, {}, "is not a readable event: it is left out");
            return;
        }
        if (event->sessionStart) {
            endLife();
            const std::size_t life = m_builder.startLife();
            m_builder.cutBefore(life, static_cast<double>(event->step), true);
            m_purged = true;
        }
        for (const SummaryValue& value : event->values) {
            takeValue(records, *event, value);
        }
    }

    void takeValue(const RecordReader& records, const TensorBoardEvent& event, const SummaryValue& value) {
        const std::string tag = replaceInvalidUtf8(value.tag);
        if (!value.plugin.empty()) {
            m_plugins.emplace(tag, replaceInvalidUtf8(value.plugin)); // stands on the first record of a tag only
        }
        if (value.simple) {
            add(tag, event.step, *value.simple);
            return;
        }
        const auto known = m_plugins.find(tag);
        const std::string plugin = known == m_plugins.end() ? std::string() : known->second;
        if (value.tensor && (plugin.empty() || plugin == "scalars")) {
            if (const auto number = scalarOf(*value.tensor)) {
                add(tag, event.step, *number);
                return;
            }
            if (plugin == "scalars") {
                problem(records, tag, "is no scalar that can be read: it is left out");
                return;
            }
        }
        if (value.tensor || value.other) {
            m_otherTags.emplace(tag, plugin.empty() ? "no scalar" : plugin);
        }
    }

    void add(const std::string& tag, std::int64_t step, double value) {
        const auto at = static_cast<double>(step);
        m_builder.add(tag, at, value);
        if (const auto slash = tag.rfind('/');
            !isEvaluationName(tag) && !isEvaluationName(slash == std::string::npos ? tag : tag.substr(slash + 1))) {
            m_first.emplace(tag, at);
            const auto highest = m_highestHere.emplace(tag, at).first;
            highest->second = std::max(highest->second, at);
        }
    }

    // A life whose training tags begin at steps that an earlier one had reached overwrites these.
    void endLife() {
        std::optional<double> cut;
        for (const auto& [name, first] : m_first) {
            const auto before = m_highest.find(name);
            if (before != m_highest.end() && first <= before->second) {
                cut = cut ? std::min(*cut, first) : first;
            }
        }
        if (cut && !m_purged) {
            m_builder.cutBefore(m_builder.life(), *cut);
        }
        for (const auto& [name, highest] : m_highestHere) {
            // What was overwritten is gone: the newest life says how far the tag has come.
            m_highest[name] = highest;
        }
        m_first.clear();
        m_highestHere.clear();
        m_purged = false;
    }

    LogBuilder& m_builder;
    std::string m_path;
    std::map<std::string, std::string> m_plugins, m_otherTags;
    std::map<std::string, double> m_first, m_highestHere, m_highest; // by training tag: this life, and those before
    bool m_anyFile = false, m_purged = false;
};

void addRun(ForeignLog& all, ForeignLog&& one, const std::string& prefix) {
    all.kind = std::move(one.kind);
    all.title = std::move(one.title);
    all.path = std::move(one.path);
    for (ForeignSeries& series : one.series) {
        series.name.insert(0, prefix);
        all.series.push_back(std::move(series));
    }
    all.skipped += one.skipped;
    all.overwritten += one.overwritten;
    std::move(one.problems.begin(), one.problems.end(), std::back_inserter(all.problems));
    for (const std::string& note : one.notes) {
        all.notes.push_back(prefix.empty() ? note : prefix + ": " + note);
    }
    all.diverged = all.diverged || one.diverged;
}

} // namespace

bool looksLikeTensorBoard(std::string_view bytes) {
    if (bytes.size() < 12) {
        return false;
    }
    RecordReader records(bytes);
    return records.next() != RecordReader::Outcome::BadLength;
}

Result<ForeignLog> readTensorBoard(const std::string& path, std::span<const std::string> files) {
    std::map<std::string, std::vector<std::string>> byFolder;
    for (const std::string& file : files) {
        byFolder[fs::path(file).parent_path().string()].push_back(file);
    }
    ForeignLog log;
    for (auto& [folder, ofRun] : byFolder) {
        std::sort(ofRun.begin(), ofRun.end(), [](const std::string& a, const std::string& b) {
            const auto left = startedAt(a);
            const auto right = startedAt(b);
            return left != right ? left < right : a < b;
        });
        LogBuilder builder("tensorboard", path);
        RunScalars scalars(builder);
        for (const std::string& file : ofRun) {
            if (auto read = scalars.read(file); !read) {
                builder.problem(read.error());
            }
        }
        scalars.finish();
        ForeignLog one = builder.finish();
        if (byFolder.size() == 1) {
            log = std::move(one);
            break;
        }
        // Several runs: the folder of each stands before its tags, as TensorBoard shows them.
        const std::string relative = fs::path(folder).lexically_relative(path).generic_string();
        addRun(log, std::move(one), relative == "." ? std::string() : relative + '/');
    }
    if (log.series.empty() && !log.problems.empty()) {
        return log.problems.front();
    }
    return log;
}

} // namespace fettle::run
