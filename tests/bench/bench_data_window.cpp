// The Data screen at its default size in the real window: a project of 1,000,000 rows of about 1 kB is opened,
// scrolled, sorted, filtered and searched as a person does it; each figure is the time until the window shows it. Run
// it under Xvfb at 1280x800 (xvfb-run -s "-screen 0 1280x800x24"). Prints one JSON object.
//   bench_data_window [ROWS] [FOLDER]     FOLDER: a project that is there already (else one is made and removed)
#include "base/clock.h"
#include "base/numbers.h"
#include "data/rows_view.h"
#include "ui/data_fixture.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kScrolls = 600;
constexpr int kKeys = 200;

struct Times {
    std::vector<double> ms;
    [[nodiscard]] Json json() {
        std::sort(ms.begin(), ms.end());
        const auto at = [this](double share) {
            return ms.empty()
                       ? 0
                       : ms[std::min(ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(ms.size())))];
        };
        return {{"p50_ms", at(0.5)}, {"p99_ms", at(0.99)}, {"max_ms", ms.empty() ? 0 : ms.back()}};
    }
};

/// Remembers when the table was painted last.
class PaintWatch : public QObject {
public:
    std::int64_t paints = 0;
    bool eventFilter(QObject*, QEvent* event) override {
        paints += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

double msOf(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

bool generate(const std::string& path, std::int64_t rows) {
    Result<AtomicFile> file = AtomicFile::create(path);
    if (!file) {
        return false;
    }
    std::uint64_t state = 7;
    const auto next = [&state] {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return state >> 33;
    };
    std::string block;
    for (std::int64_t row = 0; row < rows; ++row) {
        std::string asked;
        while (asked.size() < 850) {
            asked += "w" + std::to_string(next() % 20'000) + ' ';
        }
        asked += row % 10 == 0 ? "\u7ec8\u7aef\u7684\u7f51\u7edc\u5de5\u5177" : "end";
        block += dumpJson(Json{{"messages",
                                {{{"role", "user"}, {"content", asked}},
                                 {{"role", "assistant"}, {"content", "section" + std::to_string(next() % 18)}}}},
                               {"metadata", {{"source", next() % 2 == 0 ? "main" : "contrib"}}}}) +
                 "\n";
        if (block.size() > (1U << 20)) {
            if (!file->write(block)) {
                return false;
            }
            block.clear();
        }
    }
    return file->write(block).ok() && file->commit().ok();
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const std::int64_t rows = argc > 1 ? parseInt(argv[1]).valueOr(1'000'000) : 1'000'000;
    QString folder = argc > 2 ? QString::fromLocal8Bit(argv[2]) : QString();
    DataWindow f;
    Json out{{"rows", rows}};
    if (!f.show()) {
        std::fputs("bench_data_window: the window did not show\n", stderr);
        return 1;
    }
    const auto wait = [](const std::function<bool()>& done, int ms = 600'000) { return QTest::qWaitFor(done, ms); };
    if (folder.isEmpty()) {
        const QString file = f.folder.filePath(u"rows.jsonl"_s);
        if (!generate(us(file), rows)) {
            std::fputs("bench_data_window: the rows could not be written\n", stderr);
            return 1;
        }
        QElapsedTimer timer;
        timer.start();
        f.workspace->createFromFile(file);
        if (!wait([&] { return f.data->table().rowCount() == rows; })) {
            std::fputs("bench_data_window: the import did not end\n", stderr);
            return 1;
        }
        out["import_until_visible_s"] = msOf(timer) / 1000;
        timer.restart();
        (void)wait([&] { return f.workspace->project()->rows().searchIsIndexed(); }, 3'600'000);
        out["index_after_import_s"] = msOf(timer) / 1000;
        f.data->rows().pauseJob(); // what is left of it must not stand in the figures
        folder = f.workspace->projectFolder();
        f.workspace->closeProject();
    }
    // Opening: until the first rows stand in the table. Three times: the first one may meet what the import left
    // behind.
    for (int i = 0; i < 2; ++i) {
        f.workspace->openProject(folder);
        (void)wait([&] { return f.workspace->hasProject() && f.data->rows().facts().known; });
        f.data->rows().pauseJob();
        f.workspace->closeProject();
    }
    f.window->showScreen(u"data"_s);
    QElapsedTimer timer;
    timer.start();
    f.workspace->openProject(folder);
    (void)wait([&] { return f.workspace->hasProject(); });
    out["project_open_ms"] = msOf(timer);
    f.window->showScreen(u"data"_s);
    timer.restart();
    (void)wait([&] { return f.data->table().index() != nullptr; });
    out["open_until_index_ms"] = msOf(timer);
    (void)wait([&] { return f.data->table().cells(0) != nullptr; });
    out["open_until_rows_ms"] = msOf(timer);
    (void)wait([&] { return f.data->rows().facts().known; });
    f.data->rows().pauseJob();
    QTest::qWait(1500);

    auto* table = f.find<RowsView>("data.table");
    PaintWatch watch;
    table->viewport()->installEventFilter(&watch);
    const auto untilPainted = [&](const std::function<void()>& act) {
        const std::int64_t before = watch.paints;
        QElapsedTimer each;
        each.start();
        act();
        while (watch.paints == before && each.elapsed() < 2000) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        }
        return msOf(each);
    };
    Times wheel;
    for (int i = 0; i < kScrolls; ++i) {
        wheel.ms.push_back(untilPainted([&] {
            const QPointF at(200, 100);
            QWheelEvent event(at, table->viewport()->mapToGlobal(at), {}, {0, i % 60 == 59 ? 2400 : -240}, Qt::NoButton,
                              Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(table->viewport(), &event);
        }));
        QCoreApplication::processEvents();
    }
    out["wheel"] = wheel.json();
    Times jump; // the scroll bar dragged through the table: every stop meets rows that are not in memory
    QScrollBar* bar = table->verticalScrollBar();
    for (int i = 0; i < kScrolls; ++i) {
        jump.ms.push_back(untilPainted([&] {
            bar->setValue(static_cast<int>(static_cast<std::int64_t>(bar->maximum()) * ((i * 37) % 600) / 600));
        }));
        QCoreApplication::processEvents();
    }
    out["drag"] = jump.json();
    QTest::qWait(300);
    Times filled; // until the cells of such a stop are there
    for (int i = 0; i < 50; ++i) {
        QElapsedTimer each;
        each.start();
        bar->setValue(static_cast<int>(static_cast<std::int64_t>(bar->maximum()) * ((i * 31 + 7) % 50) / 50));
        const int row = table->rowAt(10);
        (void)wait([&] { return f.data->table().cells(row) != nullptr; }, 5000);
        filled.ms.push_back(msOf(each));
    }
    out["cells_after_jump"] = filled.json();
    Times keys;
    table->goToRow(1);
    table->setFocus();
    for (int i = 0; i < kKeys; ++i) {
        keys.ms.push_back(untilPainted([&] { QTest::keyClick(table, Qt::Key_Down); }));
        QCoreApplication::processEvents();
    }
    out["key_down"] = keys.json();

    const auto ask = [&](const char* name, const std::function<void()>& act) {
        QElapsedTimer each;
        each.start();
        act();
        (void)wait([&] { return !f.data->state().querying; }, 60'000);
        table->scrollToTop();
        (void)wait([&] { return f.data->table().rowCount() == 0 || f.data->table().cells(0) != nullptr; }, 5000);
        out[name] = {{"ms", msOf(each)}, {"rows", f.data->table().rowCount()}};
    };
    table->scrollToTop();
    ask("sort_by_answer", [&] { f.data->setSort({.key = project::SortKey::Answer}); });
    ask("sort_by_title", [&] { f.data->setSort({.key = project::SortKey::Title}); });
    ask("sort_back", [&] { f.data->setSort({}); });
    project::Filter answers;
    answers.answers = {"section7"};
    ask("filter_answer", [&] { f.data->setFilter(answers); });
    ask("filter_off", [&] { f.data->clearFilter(); });
    ask("search_word", [&] { f.data->search(u"w77"_s, DataPresenter::When::Now); });
    ask("search_chinese", [&] { f.data->search(u"\u7f51\u7edc"_s, DataPresenter::When::Now); });
    ask("search_two_words", [&] { f.data->search(u"w123 w4567"_s, DataPresenter::When::Now); });
    std::printf("%s\n", dumpJsonPretty(out).c_str());
    return 0;
}
