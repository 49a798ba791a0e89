// How long the labeling queue lets a hand wait: from a key until the next row is painted, in the real window, on
// 1,000,000 rows of about 1 kB. Prints one JSON object; exit 1 where the median passes 16 ms or a key 50 ms.
//   bench_label [ROWS] [KEYS] [FOLDER]       1000000, 1000, a temporary one
#include "base/json.h"
#include "label_window.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <algorithm>
#include <cstdio>
#include <random>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kMedianMs = 16, kLongestMs = 50;

/// Notes when the subject was painted.
class Painted : public QObject {
public:
    bool eventFilter(QObject* watched, QEvent* event) override {
        painted = painted || event->type() == QEvent::Paint;
        return QObject::eventFilter(watched, event);
    }
    bool painted = false;
};

double quantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    return values.empty()
               ? 0
               : values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

bool writeRows(const QString& path, std::int64_t rows) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return false;
    }
    std::mt19937 random(7);
    std::string filler;
    for (std::int64_t i = 0; i < rows; ++i) {
        filler = "package " + std::to_string(i) + "\\n";
        while (filler.size() < 850) {
            const auto word = random() % 20'000;
            filler += "w" + std::to_string(word * word % 19'997) + " ";
        }
        const std::string line = R"({"messages":[{"role":"user","content":")" + filler +
                                 R"("},{"role":"assistant","content":")" + kSections[static_cast<std::size_t>(i % 9)] +
                                 "\"}]}\n";
        file.write(line.data(), static_cast<qint64>(line.size()));
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const qint64 rows = arguments.value(1, u"1000000"_s).toLongLong();
    const int keys = arguments.value(2, u"1000"_s).toInt();
    const QTemporaryDir temporary(arguments.value(3, QDir::tempPath()) + u"/bench-label-XXXXXX"_s);
    const QString file = temporary.filePath(u"rows.jsonl"_s);
    if (!writeRows(file, rows)) {
        std::fprintf(stderr, "bench_label: cannot write %s\n", qPrintable(file));
        return 1;
    }
    LabelWindow f(1, sectionRow);
    f.setFile(file);
    QElapsedTimer clock;
    clock.start();
    if (!f.open(QSize(1280, 800), true, 600'000)) {
        std::fprintf(stderr, "bench_label: the queue did not open\n");
        return 1;
    }
    const double openMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    QTest::qWait(1000);
    Painted painted;
    f.find<QLabel>("label.subject")->installEventFilter(&painted);
    std::vector<double> decide, move;
    const auto press = [&](Qt::Key key, std::vector<double>& into) {
        const project::RowId row = f.label->row();
        painted.painted = false;
        QElapsedTimer timer;
        timer.start();
        QTest::keyClick(f.card(), key);
        while (f.label->row() == row || !painted.painted) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
            if (timer.elapsed() > 5000) {
                return false;
            }
        }
        into.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        return true;
    };
    std::mt19937 random(1);
    for (int i = 0; i < keys; ++i) {
        const auto pick = static_cast<int>(random() % 11);
        const Qt::Key key = pick == 9 ? Qt::Key_A : pick == 10 ? Qt::Key_R : static_cast<Qt::Key>(Qt::Key_1 + pick);
        if (!press(key, decide) || (i % 10 == 0 && !press(Qt::Key_J, move))) {
            std::fprintf(stderr, "bench_label: no row followed key %d\n", i);
            return 1;
        }
        QTest::qWait(30); // a fast hand
    }
    const auto kept = f.store().decisions(std::nullopt, 10 * static_cast<std::size_t>(keys));
    const auto summary = [](const std::vector<double>& values) {
        return Json{{"count", values.size()},
                    {"p50_ms", quantile(values, 0.5)},
                    {"p90_ms", quantile(values, 0.9)},
                    {"p99_ms", quantile(values, 0.99)},
                    {"max_ms", quantile(values, 1)}};
    };
    const Json out{{"rows", rows},
                   {"import_and_open_ms", openMs},
                   {"decide", summary(decide)},
                   {"move", summary(move)},
                   {"decisions_kept", kept ? kept->size() : 0}};
    std::printf("%s", dumpJsonPretty(out).c_str());
    return quantile(decide, 0.5) <= kMedianMs && quantile(decide, 1) <= kLongestMs && kept &&
                   kept->size() == static_cast<std::size_t>(keys)
               ? 0
               : 1;
}
