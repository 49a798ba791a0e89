// The layers, read from the sources: who includes whom, which third-party headers stand behind which door, what the
// core never calls, and how long files are. The table is that of core/README.md.
#include "base/files.h"
#include "support/results.h"

#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

using namespace fettle;
using test::must;
namespace fs = std::filesystem;

class TestArch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void foldersSeeOnlyTheLayersBelow();
    void thirdPartyHeadersStayBehindTheirDoors();
    void torchStaysOutOfHeadersAndOfTheTorchFreeSources();
    void coreNumbersAreLocaleProof();
    void coreKnowsNoGlobalSingletonsOfQt();
    void everyHeaderIsGuardedAndEveryFileSaysWhatItIsFor();
    void longFilesSayWhy();
    void noMachinePathsAndNoHostNames();
    void everyFolderHasAReadme();
    void theReaderOfIncludesFindsThem();

private:
    struct Source {
        std::string path;   // from the root: core/run/events.cpp
        std::string area;   // core, ui, app, tests
        std::string folder; // core/run
        std::string text;
        std::vector<std::pair<std::string, int>> includes; // as written, with line
        [[nodiscard]] bool isHeader() const { return path.size() > 2 && path.compare(path.size() - 2, 2, ".h") == 0; }
    };
    std::vector<Source> m_sources;

    static std::vector<std::pair<std::string, int>> includesOf(const std::string& text);
    static std::string withoutComments(const std::string& text);
    template <class Check>
    void each(Check check) const {
        std::string faults;
        for (const Source& source : m_sources) {
            check(source, faults);
        }
        QVERIFY2(faults.empty(), faults.c_str());
    }
};

namespace {

// Folder of core → folders it may include besides itself.
const std::map<std::string, std::set<std::string>>& layers() {
    static const std::map<std::string, std::set<std::string>> table{
        {"base", {}},
        {"jobs", {"base"}},
        {"text", {"base"}},
        {"data", {"base", "text"}},
        {"model", {"base"}},
        {"recipe", {"base", "jobs"}},
        {"run", {"base", "jobs"}},
        {"project", {"base", "jobs", "data", "recipe", "run"}},
        {"train",
         {"base", "jobs", "text", "data", "model", "recipe", "run",
          "engine"}}, // engine: only sources of the engine module, checked below
        {"engine", {"base", "jobs", "text", "data", "model", "recipe", "run", "train"}},
    };
    return table;
}

// Third-party header → folders that may include it ("*" = all of core, ui, app).
struct Door {
    const char* begins;
    std::set<std::string> folders;
};
const std::vector<Door>& doors() {
    static const std::vector<Door> table{
        {"nlohmann/", {"core/base"}},
        {"xxhash.h", {"core/base"}},
        {"pcre2", {"core/text", "core/model"}},
        {"sentencepiece", {"core/text"}},
        {"cld2/", {"core/data"}},
        {"arrow/", {"core/data"}},
        {"parquet/", {"core/data"}},
        {"sqlite3.h", {"core/project"}},
        {"yaml-cpp/", {"core/project"}},
        {"torch/", {"core/engine", "core/train"}},
        {"ATen/", {"core/engine", "core/train"}},
        {"c10/", {"core/engine", "core/train"}},
        {"oneapi/", {"core/engine"}},
        {"cuda", {"core/engine"}},
        {"curl/", {}},
        {"qcustomplot", {"ui"}},
        {"boost/", {}},
    };
    return table;
}

bool beginsWith(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

std::string firstPart(const std::string& path) {
    return path.substr(0, path.find('/'));
}

bool isQtHeader(const std::string& include) {
    return include.size() > 1 && include[0] == 'Q' &&
           (std::isupper(static_cast<unsigned char>(include[1])) != 0 || include[1] == 't');
}

bool isTorchHeader(const std::string& include) {
    return beginsWith(include, "torch/") || beginsWith(include, "ATen/") || beginsWith(include, "c10/");
}

} // namespace

std::vector<std::pair<std::string, int>> TestArch::includesOf(const std::string& text) {
    std::vector<std::pair<std::string, int>> out;
    int line = 0;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto newline = text.find('\n', begin);
        std::string one = text.substr(begin, newline - begin);
        begin = newline == std::string::npos ? text.size() : newline + 1;
        ++line;
        one.erase(0, one.find_first_not_of(" \t"));
        if (one.empty() || one[0] != '#') {
            continue;
        }
        const auto word = one.find("include");
        if (word == std::string::npos || one.find_first_not_of(" \t#") != word) {
            continue;
        }
        const auto open = one.find_first_of("\"<", word);
        const auto close = open == std::string::npos ? open : one.find_first_of("\">", open + 1);
        if (close != std::string::npos) {
            out.emplace_back(one.substr(open + 1, close - open - 1), line);
        }
    }
    return out;
}

std::string TestArch::withoutComments(const std::string& text) {
    std::string out;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\') {
                out += c;
                ++i;
            } else if (c == '"' || c == '\n') {
                inString = false;
            }
            out += i < text.size() ? text[i] : c;
            continue;
        }
        if (c == '"' && !(i > 0 && text[i - 1] == '\'')) {
            inString = true;
        } else if (c == '/' && i + 1 < text.size() && text[i + 1] == '/') {
            i = std::min(text.find('\n', i), text.size()) - 1;
            continue;
        }
        out += c;
    }
    return out;
}

void TestArch::initTestCase() {
    const std::string root = FETTLE_SOURCE_DIR;
    for (const char* area : {"core", "ui", "app", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root + '/' + area)) {
            const std::string extension = entry.path().extension().string();
            if (!entry.is_regular_file() ||
                (extension != ".h" && extension != ".cpp" && extension != ".cu" && extension != ".cuh")) {
                continue;
            }
            Source source;
            source.path = fs::relative(entry.path(), root).string();
            source.area = area;
            const auto first = source.path.find('/');
            const auto second = source.path.find('/', first + 1);
            source.folder = second == std::string::npos ? source.area : source.path.substr(0, second);
            source.text = must(readFile(entry.path().string()));
            source.includes = includesOf(source.text);
            m_sources.push_back(std::move(source));
        }
    }
    QVERIFY2(m_sources.size() > 100, "the sources were not found");
}

void TestArch::foldersSeeOnlyTheLayersBelow() {
    std::set<std::string> seen;
    each([&seen](const Source& source, std::string& faults) {
        if (source.area == "tests") {
            return;
        }
        const std::string own = source.folder.substr(source.folder.find('/') + 1);
        for (const auto& [include, line] : source.includes) {
            const std::string target = firstPart(include);
            if (include.find('/') == std::string::npos || layers().count(target) == 0) {
                continue;
            }
            bool allowed = true;
            if (source.area == "core") {
                const auto row = layers().find(own);
                allowed = row != layers().end() && (target == own || row->second.count(target) == 1);
                seen.insert(own);
            } else {
                allowed = target != "engine"; // window and programs reach the engine through train/engine.h
            }
            if (!allowed) {
                faults += source.path + ':' + std::to_string(line) + " must not include " + include + '\n';
            }
        }
        if (source.area == "core" && own != "core" && layers().count(own) == 0) {
            faults += source.folder + " is not in the table of layers\n";
        }
    });
    QVERIFY(seen.size() >= 8);
}

void TestArch::thirdPartyHeadersStayBehindTheirDoors() {
    each([](const Source& source, std::string& faults) {
        if (source.area == "tests") {
            return;
        }
        for (const auto& [include, line] : source.includes) {
            for (const Door& door : doors()) {
                if (beginsWith(include, door.begins) && include.find('/') != include.size() &&
                    door.folders.count(source.folder) == 0 && door.folders.count(source.area) == 0) {
                    faults += source.path + ':' + std::to_string(line) + " must not include " + include + '\n';
                }
            }
            if (isQtHeader(include) && source.area == "core") {
                faults += source.path + ':' + std::to_string(line) + " must not include Qt (" + include + ")\n";
            }
            if (include == "nlohmann/json.hpp" && source.path != "core/base/json.h") {
                faults +=
                    source.path + ':' + std::to_string(line) + ": base/json.h is the only door to nlohmann-json\n";
            }
        }
    });
}

void TestArch::torchStaysOutOfHeadersAndOfTheTorchFreeSources() {
    // Sources of the torch-free library, as its CMakeLists.txt names them.
    const std::string cmake = must(readFile(FETTLE_SOURCE_DIR "/core/train/CMakeLists.txt"));
    const auto begin = cmake.find("fettle_add_library(fettle_train_api");
    QVERIFY(begin != std::string::npos);
    const std::string block = cmake.substr(begin, cmake.find(')', begin) - begin);
    int free = 0;
    each([&](const Source& source, std::string& faults) {
        if (source.folder != "core/train" && source.area != "ui" && source.area != "app") {
            return;
        }
        const std::string name = fs::path(source.path).filename().string();
        const bool torchFree = source.area != "core" || block.find(' ' + name) != std::string::npos ||
                               block.find('\n' + name) != std::string::npos;
        free += torchFree ? 1 : 0;
        for (const auto& [include, line] : source.includes) {
            if (torchFree && (isTorchHeader(include) || firstPart(include) == "engine")) {
                faults +=
                    source.path + ':' + std::to_string(line) + " is torch-free and must not include " + include + '\n';
            }
        }
    });
    QVERIFY(free >= 10);
    // The public headers of train/ that window and programs use.
    each([](const Source& source, std::string& faults) {
        static const std::set<std::string> open{"engine.h", "fake_trainer.h", "model_text.h", "preflight.h",
                                                "run_service.h"};
        if (source.folder == "core/train" && open.count(fs::path(source.path).filename().string()) == 1) {
            for (const auto& [include, line] : source.includes) {
                if (isTorchHeader(include) || firstPart(include) == "engine") {
                    faults += source.path + ':' + std::to_string(line) + " shows " + include + " to everybody\n";
                }
            }
        }
    });
}

void TestArch::coreNumbersAreLocaleProof() {
    // Calls that obey the locale, or write doubles with six digits.
    static const std::vector<std::string> banned{"strtod(",
                                                 "strtof(",
                                                 "strtold(",
                                                 "stod(",
                                                 "stof(",
                                                 "stold(",
                                                 "atof(",
                                                 "sscanf(",
                                                 "scanf(",
                                                 "setlocale(",
                                                 "std::locale",
                                                 "to_string(static_cast<double>",
                                                 "to_string(double",
                                                 "to_string(static_cast<float>",
                                                 "sprintf(",
                                                 "snprintf("};
    static const std::vector<std::string> bannedFormats{"%f", "%g", "%e", "%lf", "%.1f", "%.2f", "%.3f", "%.6f"};
    each([](const Source& source, std::string& faults) {
        if (source.area != "core" && source.area != "app") {
            return;
        }
        const std::string code = withoutComments(source.text);
        for (const std::string& word : banned) {
            if (word == "setlocale(" && source.path == "app/studio/main.cpp") {
                continue; // the one place that takes QApplication's choice back, for numbers only
            }
            const auto place = code.find(word);
            if (place != std::string::npos &&
                (place == 0 ||
                 (std::isalnum(static_cast<unsigned char>(code[place - 1])) == 0 && code[place - 1] != '_'))) {
                faults += source.path + " uses " + word + ": use base/numbers\n";
            }
        }
        for (const std::string& format : bannedFormats) {
            const bool prints = code.find("printf") != std::string::npos;
            if (prints && code.find(format) != std::string::npos) {
                faults += source.path + " prints with " + format + ": use base/numbers\n";
            }
        }
    });
}

void TestArch::coreKnowsNoGlobalSingletonsOfQt() {
    each([](const Source& source, std::string& faults) {
        if (source.area != "core") {
            return;
        }
        const std::string code = withoutComments(source.text);
        for (const char* word : {"QString", "QObject", "processEvents", "std::format(", "#include <format>",
                                 "#include <expected>", "std::views::"}) {
            if (code.find(word) != std::string::npos) {
                faults += source.path + " uses " + word + '\n';
            }
        }
        if (code.find(".detach()") != std::string::npos && source.folder != "core/engine" &&
            source.folder != "core/train") { // tensors have a detach() too
            faults += source.path + " detaches a thread\n";
        }
    });
}

void TestArch::everyHeaderIsGuardedAndEveryFileSaysWhatItIsFor() {
    each([](const Source& source, std::string& faults) {
        if (source.isHeader() && source.text.find("#pragma once") == std::string::npos) {
            faults += source.path + " has no #pragma once\n";
        }
        // A source may leave the paragraph to its header.
        const std::string header = source.path.substr(0, source.path.rfind('.')) + ".h";
        const bool headerSays =
            !source.isHeader() && beginsWith(readFile(std::string(FETTLE_SOURCE_DIR "/") + header).valueOr(""), "//");
        if (!beginsWith(source.text, "//") && !headerSays) {
            faults += source.path + " does not begin with a paragraph that says what it is for\n";
        }
    });
}

void TestArch::longFilesSayWhy() {
    constexpr std::ptrdiff_t kList = 600;
    constexpr std::ptrdiff_t kMost = 800;
    each([](const Source& source, std::string& faults) {
        const auto lines = std::count(source.text.begin(), source.text.end(), '\n');
        if (lines > kList) {
            qInfo("%s: %lld lines", source.path.c_str(), static_cast<long long>(lines));
        }
        const std::string head = source.text.substr(0, source.text.find("\n#"));
        if (lines > kMost && head.find("One file because") == std::string::npos) {
            faults += source.path + " has " + std::to_string(lines) +
                      " lines and its head does not say \"One file because …\"\n";
        }
    });
}

void TestArch::noMachinePathsAndNoHostNames() {
    // Put together here, so that this file does not find itself.
    const std::vector<std::string> banned{std::string("/work") + "/", std::string("/tmp") + "/w/",
                                          std::string("/ro") + "ot/", std::string("/home") + "/"};
    each([&banned](const Source& source, std::string& faults) {
        for (const std::string& word : banned) {
            if (source.text.find(word) != std::string::npos && source.area != "tests") {
                faults += source.path + " names a path of one machine: " + word + '\n';
            }
        }
    });
}

void TestArch::everyFolderHasAReadme() {
    std::set<std::string> folders;
    for (const Source& source : m_sources) {
        if (source.area != "tests" && source.folder != source.area) {
            folders.insert(source.folder);
        }
    }
    folders.insert({"core", "tests"});
    std::string missing;
    for (const std::string& folder : folders) {
        if (!fileExists(std::string(FETTLE_SOURCE_DIR "/") + folder + "/README.md")) {
            missing += folder + '\n';
        }
    }
    QVERIFY2(missing.empty(), ("no README.md in:\n" + missing).c_str());
}

void TestArch::theReaderOfIncludesFindsThem() {
    // A rule that reads nothing would pass for ever.
    const auto found =
        includesOf("#pragma once\n#include \"a/b.h\"\n  #  include <sqlite3.h> // why\n// #include \"no.h\"\nint x;\n");
    QCOMPARE(found.size(), std::size_t{2});
    QCOMPARE(found[0].first, std::string("a/b.h"));
    QCOMPARE(found[1].first, std::string("sqlite3.h"));
    QCOMPARE(found[1].second, 3);
    QVERIFY(isQtHeader("QString") && isQtHeader("QtTest") && !isQtHeader("Queue.h") && !isQtHeader("quiet.h"));
    QVERIFY(isTorchHeader("ATen/core/Tensor.h"));
    QCOMPARE(withoutComments("a // strtod(\nb \"// kept\" c"), std::string("a \nb \"// kept\" c"));
}

QTEST_APPLESS_MAIN(TestArch)
#include "test_arch.moc"
