// fettle: the command-line twin of the studio. Finds the command, parses its arguments, runs it.
#include "cli/commands.h"

#include <algorithm>
#include <csignal>
#include <exception>

namespace fettle::app {
namespace {

std::vector<Command> allCommands() {
    std::vector<Command> all;
    for (const auto& group : {trainCommands(), runsCommands(), queueCommands(), estimateCommands(), dataCommands(),
                              dataCheckCommands(), dataSetCommands(), tokenizeCommands(), templateCommands(),
                              modelCommands(), scoreCommands(), generateCommands(), exportCommands(),
#ifdef FETTLE_WITH_PROJECT
                              projectCommands(), dataProjectCommands(),
#endif
                              benchCommands()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

std::vector<std::string> wordsOf(const std::string& name) {
    const auto space = name.find(' ');
    return space == std::string::npos ? std::vector<std::string>{name}
                                      : std::vector<std::string>{name.substr(0, space), name.substr(space + 1)};
}

std::string overview(const std::vector<Command>& commands) {
    std::string out = "fettle " FETTLE_VERSION ": fine-tune a language model on this machine\n\n";
    for (const Command& command : commands) {
        std::string left = "  fettle " + command.spec.name;
        left.resize(std::max<std::size_t>(left.size() + 1, 28), ' ');
        out += left + command.spec.summary + "\n";
    }
    return out + "\n`fettle COMMAND --help` shows the options of one.\n";
}

int runCommand(const Command& command, const std::vector<std::string>& words) {
    const auto arguments = Arguments::parse(command.spec, words);
    if (!arguments) {
        printError(arguments.error());
        printNote("\n" + usageOf(command.spec));
        return kUsage;
    }
    if (arguments->help()) {
        print(usageOf(command.spec));
        return kDone;
    }
    return command.run(*arguments);
}

int dispatch(const std::vector<std::string>& words) {
    const std::vector<Command> commands = allCommands();
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        print(overview(commands));
        return words.empty() ? kUsage : kDone;
    }
    if (words[0] == "--version") {
        printLine("fettle " FETTLE_VERSION);
        return kDone;
    }
    // Of two commands of one name the one for a project takes --project, the other files.
    const bool project = std::any_of(words.begin(), words.end(), [](const std::string& word) {
        return word == "--project" || word.starts_with("--project=");
    });
    bool groupKnown = false;
    const Command* found = nullptr;
    std::size_t nameWords = 0;
    for (const Command& command : commands) {
        const auto name = wordsOf(command.spec.name);
        groupKnown = groupKnown || name[0] == words[0];
        if (words.size() >= name.size() && std::equal(name.begin(), name.end(), words.begin()) &&
            (found == nullptr || command.forProject == project)) {
            found = &command;
            nameWords = name.size();
        }
    }
    if (found != nullptr) {
        return runCommand(*found, {words.begin() + static_cast<std::ptrdiff_t>(nameWords), words.end()});
    }
    printNote("fettle: unknown command '" + words[0] + (groupKnown && words.size() > 1 ? " " + words[1] : "") + "'");
    for (const Command& command : commands) {
        if (groupKnown && wordsOf(command.spec.name)[0] == words[0]) {
            printNote("  fettle " + command.spec.name + "  " + command.spec.summary);
        }
    }
    if (!groupKnown) {
        printNote("`fettle --help` lists them.");
    }
    return kUsage;
}

} // namespace
} // namespace fettle::app

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error like a full disk, not the end
    try {
        return fettle::app::dispatch({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        fettle::app::printNote(std::string("fettle: internal error: ") + error.what());
        return fettle::app::kFailed;
    }
}
