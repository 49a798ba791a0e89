// fettle project: the sample project, for those without a window.
#include "base/files.h"
#include "base/resources.h"
#include "cli/commands.h"
#include "project/project.h"

namespace fettle::app {
namespace {

int sample(const Arguments& arguments) {
    const auto project = project::openSample(projectsFolder(), resourcesFolder());
    if (!project) {
        return failed(project.error());
    }
    if (arguments.json()) {
        printJson({{"project", (*project)->folder()}});
    } else {
        printLine((*project)->folder());
    }
    return kDone;
}

} // namespace

std::vector<Command> projectCommands() {
    return {
        {{.name = "project sample", .summary = "makes the sample project (once) and prints its folder", .options = {}},
         sample}};
}

} // namespace fettle::app
