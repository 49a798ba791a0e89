// Projects with rows for tests: files of rows, a project that holds them, and what is expected of both.
#pragma once

#include "base/files.h"
#include "base/json.h"
#include "project/project.h"
#include "project/row_store.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <random>

namespace fettle::test {

inline std::string chatLine(const std::string& asked, const std::string& answer, const std::string& more = {}) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":" + dumpJson(asked) +
           "},{\"role\":\"assistant\",\"content\":" + dumpJson(answer) + "}]" + more + "}\n";
}

/// A project in a folder of its own, with a file imported into it.
struct RowProject {
    TempFolder folder;
    std::unique_ptr<project::Project> project;

    RowProject()
        : project(must(project::Project::create(folder / "p", "Rows"))) {}
    [[nodiscard]] project::RowStore& rows() const { return project->rows(); }
    [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
        must(writeFileAtomic(folder / name, text));
        return folder / name;
    }
    project::ImportDone import(const std::string& path, project::Split split = project::Split::Train) const {
        project::ImportRequest request;
        request.path = path;
        request.split = split;
        return must(rows().import(request));
    }
    void reopen() {
        project.reset();
        project = must(project::Project::open(folder / "p"));
    }
    [[nodiscard]] std::string hash() const { return must(rows().verifyContentHash()); }
};

/// A file of `count` chats whose words come from a small list, so that searches and duplicates have something to find.
inline std::string randomRows(std::size_t count, unsigned seed) {
    static const std::vector<std::string> words{"tool",   "library",  "server", "Kernel",   "network", "image",
                                                "editor", "中文输入", "数据",   "机器学习", "naïve",   "Größe",
                                                "GPU",    "editing",  "client", "daemon"};
    static const std::vector<std::string> answers{"utils", "libs", "net", "工具"};
    std::mt19937 random(seed);
    const auto pick = [&random](const std::vector<std::string>& from) { return from[random() % from.size()]; };
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        std::string asked = "Row " + std::to_string(i) + ":";
        for (unsigned word = 0; word < 3 + random() % 12; ++word) {
            asked += ' ' + pick(words);
        }
        std::string more = ",\"section\":" + dumpJson(pick(words));
        if (random() % 4 == 0) {
            more += ",\"label\":" + dumpJson(pick(answers));
        }
        out += chatLine(asked, pick(answers), more);
    }
    return out;
}

inline project::Edit edit(project::RowId row, project::RowField field, std::string value) {
    return {row, field, std::move(value), 0};
}

inline project::EditStep step(std::string label, std::vector<project::Edit> edits) {
    project::EditStep out;
    out.label = std::move(label);
    out.edits = std::move(edits);
    return out;
}

inline project::RowIndex idsOf(const project::RowStore& rows, const project::Filter& filter = {},
                               const project::Sort& sort = {}) {
    return *must(rows.query(filter, sort)).rows;
}

inline project::Filter searching(const std::string& text) {
    project::Filter filter;
    filter.search = text;
    return filter;
}

} // namespace fettle::test
