// Walks the golden cases of chat templates: folders with a template and its expected results over common conversations.
#pragma once

#include "base/files.h"
#include "base/json.h"
#include "support/golden.h"
#include "support/results.h"
#include "text/chat_template.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

namespace fettle::test {

inline std::vector<Json> readJsonLines(const std::string& path) {
    const std::string text = must(readFile(path));
    std::vector<Json> rows;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) {
            rows.push_back(must(parseJson(std::string_view(text).substr(at, end - at))));
        }
        at = end + 1;
    }
    return rows;
}

/// "2024-02-29T07:05:09"
inline std::tm momentOf(const std::string& text) {
    const auto number = [&text](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
    std::tm moment{};
    moment.tm_year = number(0, 4) - 1900;
    moment.tm_mon = number(5, 2) - 1;
    moment.tm_mday = number(8, 2);
    moment.tm_hour = number(11, 2);
    moment.tm_min = number(14, 2);
    moment.tm_sec = number(17, 2);
    moment.tm_isdst = -1;
    (void)std::mktime(&moment); // fills the weekday and the day of the year
    return moment;
}

struct TemplateFolder {
    std::string name;
    std::string source;
    std::vector<Json> rows;
};

inline std::vector<TemplateFolder> templateFolders() {
    std::vector<TemplateFolder> folders;
    for (const auto& entry : std::filesystem::directory_iterator(goldenRoot() + "/text/templates")) {
        if (entry.is_directory()) {
            const std::string path = entry.path().string();
            folders.push_back({entry.path().filename().string(), must(readFile(path + "/template.jinja")),
                               readJsonLines(path + "/expected.jsonl")});
        }
    }
    std::sort(folders.begin(), folders.end(),
              [](const TemplateFolder& a, const TemplateFolder& b) { return a.name < b.name; });
    return folders;
}

struct TemplateWorld {
    Json specialTokens;
    std::tm moment{};
    Json conversations;

    TemplateWorld() {
        Json file = must(readJsonFile(goldenRoot() + "/text/templates/conversations.json"));
        specialTokens = file.at("special_tokens");
        moment = momentOf(file.at("clock").get<std::string>());
        conversations = file.at("conversations");
    }

    [[nodiscard]] text::Conversation conversation(const std::string& name) const {
        return must(text::conversationFromJson(conversations.at(name)));
    }

    [[nodiscard]] text::RenderOptions options(const Json& row) const {
        text::RenderOptions options;
        options.addGenerationPrompt = row.at("add_generation_prompt").get<bool>();
        options.variables = specialTokens;
        const Json& held = conversations.at(row.at("conversation").get<std::string>());
        if (const auto variables = held.find("vars"); variables != held.end()) {
            for (const auto& [name, value] : variables->items()) {
                options.variables[name] = value;
            }
        }
        options.clock = [moment = moment](const std::string& format) { return text::formatTime(moment, format); };
        return options;
    }
};

} // namespace fettle::test
