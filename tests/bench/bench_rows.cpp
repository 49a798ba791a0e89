// The row store at its default size: generates a file of 1,000,000 rows of about 1 kB (one in ten with Chinese),
// imports it, indexes it, and measures what a person waits for: opening, sorting, filtering, searching, pages, bulk
// edits.
//   bench_rows [ROWS] [FOLDER] > rows.json        ROWS: 1000000, FOLDER: a temporary one, removed at the end
#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/numbers.h"
#include "project/project.h"
#include "project/row_store.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

using namespace fettle;
using namespace fettle::project;

namespace {

[[noreturn]] void fail(const Error& error) {
    std::fprintf(stderr, "bench_rows: %s\n", error.text().c_str());
    std::exit(1);
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        fail(result.error());
    }
    return std::move(result).value();
}
void must(const Result<void>& result) {
    if (!result) {
        fail(result.error());
    }
}

double now() {
    return static_cast<double>(systemClock().monotonicMs()) / 1000;
}

template <class Work>
double secondsOf(const Work& work) {
    const double begun = now();
    work();
    return now() - begun;
}

// Resident now, without the pages of mapped files; and the highest of all, in MB.
double residentMb(const char* key) {
    const auto status = readFile("/proc/self/status", 1 << 16);
    const std::size_t at = status ? status->find(key) : std::string::npos;
    return at == std::string::npos
               ? 0
               : static_cast<double>(std::strtoull(status->c_str() + at + std::string_view(key).size(), nullptr, 10)) /
                     1000.0;
}

void generate(const std::string& path, std::int64_t rows) {
    std::mt19937 random(11);
    std::vector<std::string> words;
    for (int i = 0; i < 20000; ++i) {
        std::string word;
        for (unsigned c = 0; c < 2 + random() % 9; ++c) {
            word += static_cast<char>('a' + random() % 26);
        }
        words.push_back(std::move(word));
    }
    std::vector<std::string> characters;
    for (char32_t c = 0x4E00; c < 0x4E00 + 2500; ++c) {
        characters.push_back({static_cast<char>(0xE0U | (c >> 12U)), static_cast<char>(0x80U | ((c >> 6U) & 0x3FU)),
                              static_cast<char>(0x80U | (c & 0x3FU))});
    }
    AtomicFile file = must(AtomicFile::create(path));
    std::string block;
    for (std::int64_t row = 0; row < rows; ++row) {
        std::string asked;
        while (asked.size() < (row % 10 == 0 ? 250U : 700U)) {
            // Words as they are used: few very often.
            const double rank = std::pow(20000.0, static_cast<double>(random() % 100000) / 100000.0);
            asked += words[static_cast<std::size_t>(rank) - 1] + ' ';
        }
        if (row % 10 == 0) {
            for (int i = 0; i < 150; ++i) {
                asked += characters[random() % characters.size()];
            }
        }
        std::string answer;
        for (unsigned i = 0; i < 10 + random() % 20; ++i) {
            answer += words[random() % words.size()] + ' ';
        }
        block += "{\"messages\":[{\"role\":\"system\",\"content\":\"You are a helpful assistant.\"},{\"role\":\"user\","
                 "\"content\":\"" +
                 asked + "\"},{\"role\":\"assistant\",\"content\":\"" + answer + "\"}],\"section\":\"" +
                 words[random() % 30] + "\",\"label\":\"" + words[random() % 12] + "\"}\n";
        if (block.size() > (1U << 22U)) {
            must(file.write(block));
            block.clear();
        }
    }
    must(file.write(block));
    must(file.commit());
}

double queryOf(const RowStore& rows, const Filter& filter, const Sort& sort, Json& into, const char* name) {
    double best = 1e9;
    double first = 0;
    std::size_t found = 0;
    for (int i = 0; i < 3; ++i) {
        const double took = secondsOf([&] { found = must(rows.query(filter, sort)).rows->size(); });
        first = i == 0 ? took : first;
        best = std::min(best, took);
    }
    into[name] = {{"first_s", first}, {"best_s", best}, {"rows", found}};
    return best;
}

} // namespace

int main(int argc, char** argv) {
    const std::int64_t count = argc > 1 ? parseInt(argv[1]).valueOr(0) : 1'000'000;
    const std::string folder =
        argc > 2 ? argv[2]
                 : (std::filesystem::temp_directory_path() / ("bench-rows-" + std::to_string(::getpid()))).string();
    must(makeFolders(folder));
    const std::string file = folder + "/rows.jsonl";
    if (!fileExists(file)) {
        generate(file, count);
    }
    Json out = {{"rows", count}, {"file_bytes", must(fileSize(file))}, {"cores", std::thread::hardware_concurrency()}};
    must(removeAll(folder + "/p"));
    {
        const auto project = must(Project::create(folder + "/p", "Bench"));
        RowStore& rows = project->rows();
        ImportRequest request;
        request.path = file;
        ImportDone done;
        const double took = secondsOf([&] { done = must(rows.import(request)); });
        out["import"] = {{"seconds", took},
                         {"rows_per_s", static_cast<double>(done.rows) / took},
                         {"peak_rss_mb", residentMb("VmHWM:")},
                         {"database_bytes", must(fileSize(folder + "/p/project.db"))}};
        Json scan = Json::object();
        Filter common;
        common.search = "zz";
        queryOf(rows, common, {}, scan, "search_without_index");
        out["before_index"] = scan;
        const double indexed = secondsOf([&] { must(rows.finishJob()); });
        out["index"] = {{"seconds", indexed},
                        {"rows_per_s", static_cast<double>(done.rows) / indexed},
                        {"peak_rss_mb", residentMb("VmHWM:")},
                        {"bytes", must(fileSize(folder + "/p/search.db"))}};
    }
    std::unique_ptr<Project> project;
    out["open_s"] = secondsOf([&] { project = must(Project::open(folder + "/p")); });
    RowStore& rows = project->rows();
    Json asked = Json::object();
    queryOf(rows, {}, {}, asked, "all");
    queryOf(rows, {}, {SortKey::AnswerLength, true}, asked, "sort_number");
    queryOf(rows, {}, {SortKey::Title, false}, asked, "sort_title");
    queryOf(rows, {}, {SortKey::Label, false}, asked, "sort_label");
    queryOf(rows, {}, {SortKey::Rarity, false}, asked, "sort_rarity");
    queryOf(rows, {}, {SortKey::Random, false, 3}, asked, "sort_random");
    Filter filter;
    filter.splits = {Split::Train};
    filter.numbers = {{RowNumber::AnswerLength, 100, 140, false}};
    queryOf(rows, filter, {SortKey::Title, false}, asked, "filter_number_sort_title");
    const LabelSet labels = must(rows.labelSet());
    filter = {};
    filter.labels = {labels.labels.front().name};
    queryOf(rows, filter, {SortKey::AnswerLength, false}, asked, "filter_label_sort_number");
    const RowDetails sample = must(rows.details(1));
    std::string rare;
    std::string chinese;
    for (std::size_t at = 0; at < sample.cells.title.size(); ++at) {
        if (static_cast<unsigned char>(sample.cells.title[at]) >= 0xE0 && chinese.empty()) {
            chinese = sample.cells.title.substr(at, 12);
        }
    }
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
             {"search_rare_word", sample.cells.answer.substr(0, sample.cells.answer.find(' ')) + ' '},
             {"search_two_words", sample.cells.title.substr(0, sample.cells.title.find(' ', 12)) + ' '},
             {"search_everywhere", "helpful assistant "},
             {"search_prefix", "ab"},
             {"search_chinese_1", chinese.substr(0, 3)},
             {"search_chinese_2", chinese.substr(0, 6)},
             {"search_chinese_4", chinese}}) {
        Filter search;
        search.search = text;
        queryOf(rows, search, {}, asked, name.c_str());
    }
    out["queries"] = asked;
    out["counts_s"] = secondsOf([&] { (void)must(rows.counts()); });
    out["histogram_s"] = secondsOf([&] { (void)must(rows.histogram({}, RowNumber::AnswerLength, 40)); });
    out["balance_s"] = secondsOf([&] { (void)must(rows.balance({}, Balance::Of::Answer, 20)); });
    std::vector<double> pages;
    std::mt19937 random(5);
    for (int i = 0; i < 200; ++i) {
        std::vector<RowId> ids;
        const auto first =
            static_cast<RowId>(random() % static_cast<unsigned>(std::max<std::int64_t>(count - 256, 1))) + 1;
        for (RowId id = first; id < first + 256; ++id) {
            ids.push_back(id);
        }
        pages.push_back(secondsOf([&] { (void)must(rows.page(ids)); }) * 1000);
    }
    std::sort(pages.begin(), pages.end());
    out["page_ms"] = {{"median", pages[100]}, {"p99", pages[198]}};
    BulkEdit bulk;
    bulk.label = "Tag";
    bulk.field = RowField::AddTag;
    bulk.value = "t";
    for (RowId id = 1; id <= std::min<std::int64_t>(count, 100'000); ++id) {
        bulk.filter.ids.push_back(id);
    }
    out["bulk_100k_s"] = secondsOf([&] { (void)must(rows.applyBulk(bulk)); });
    out["undo_100k_s"] = secondsOf([&] { (void)must(rows.undo()); });
    std::vector<double> edits;
    for (int i = 0; i < 200; ++i) {
        EditStep step;
        step.label = "Label";
        step.edits = {{static_cast<RowId>(random() % static_cast<unsigned>(count)) + 1, RowField::Label,
                       "label " + std::to_string(i % 9), 0}};
        edits.push_back(secondsOf([&] { (void)must(rows.apply(step)); }) * 1000);
    }
    std::sort(edits.begin(), edits.end());
    out["edit_ms"] = {{"median", edits[100]}, {"p99", edits[198]}};
    out["publish_s"] = secondsOf([&] { (void)must(project->publishRows()); });
    out["reimport_same_s"] = secondsOf([&] { (void)must(rows.import({.path = file})); });
    out["peak_rss_mb"] = residentMb("VmHWM:");
    std::printf("%s", dumpJsonPretty(out).c_str());
    project.reset();
    if (argc <= 2) {
        must(removeAll(folder));
    }
    return 0;
}
