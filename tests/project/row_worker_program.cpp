// A process that imports, labels, edits many rows and undoes, saying each change once it is acknowledged: to be killed
// at any moment by test_row_kill.
//   row_worker FOLDER SEED
#include "project/project.h"
#include "project/row_store.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

using namespace fettle;
using namespace fettle::project;

namespace {

// One line, whole or not at all.
void say(const std::string& line) {
    const std::string whole = line + '\n';
    if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) {
        std::_Exit(3);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        return 2;
    }
    const std::string folder = argv[1];
    std::mt19937 random(static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
    const auto project = Project::open(folder);
    if (!project) {
        std::fprintf(stderr, "%s\n", project.error().text().c_str());
        return 1;
    }
    RowStore& rows = (*project)->rows();
    const auto check = [&](const auto& result, const std::string& what) {
        if (!result) {
            std::fprintf(stderr, "%s: %s\n", what.c_str(), result.error().text().c_str());
            std::_Exit(1);
        }
        const auto hash = rows.contentHash();
        say(what + ' ' + (hash ? *hash : std::string("?")));
    };
    rows.startJob({});
    for (int round = 0;; ++round) {
        const auto ids = rows.query({});
        if (!ids || ids->rows->empty()) {
            ImportRequest request;
            request.path = folder + "/../one.jsonl";
            check(rows.import(request), "import");
            continue;
        }
        const auto row = (*ids->rows)[random() % ids->rows->size()];
        switch (random() % 8) {
        case 0: {
            ImportRequest request;
            request.path = folder + (random() % 2 == 0 ? "/../one.jsonl" : "/../two.jsonl");
            check(rows.import(request), "import");
            break;
        }
        case 1: {
            BulkEdit bulk;
            bulk.label = "bulk";
            bulk.field = RowField::AddTag;
            bulk.value = "t" + std::to_string(random() % 4);
            check(rows.applyBulk(bulk), "bulk");
            break;
        }
        case 2:
            if (rows.undoState().undoSteps > 0) {
                check(rows.undo(), "undo");
            }
            break;
        case 3:
            if (rows.undoState().redoSteps > 0) {
                check(rows.redo(), "redo");
            }
            break;
        default: {
            EditStep step;
            step.label = "label";
            step.spentMs = 5;
            step.edits = {{row, RowField::Label, "label " + std::to_string(random() % 9), 0},
                          {row, RowField::Answer, "answer " + std::to_string(random() % 1000), 0}};
            check(rows.apply(step), "edit");
        }
        }
    }
}
