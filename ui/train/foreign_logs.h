// Logs of other programs that lie over the charts: read in jobs, kept while the project is open, with what could not be
// read of each.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "plot/column.h"
#include "plot/value_text.h"

#include <QObject>
#include <QSet>
#include <QVector>

#include <memory>
#include <vector>

namespace fettle::jobs {
class JobSystem;
}

namespace fettle::ui {

struct ForeignCurve {
    QString name; // as in the file
    Column step, value;
};

struct OverlaidLog {
    QString id; // "log1"
    QString title, path;
    int slot = 0;
    bool diverged = false;
    QVector<ForeignCurve> curves;

    /// Where the points lie on an axis, from what the log says of its steps; empty = it does not say.
    [[nodiscard]] Column along(XAxis axis, const Column& step) const;
};

/// What is to be said about a log: it could not be read (nothing of it lies in the charts), or not all of it.
struct LogReport {
    QString id, path;
    bool failed = false;
    std::int64_t skipped = 0, overwritten = 0;
    std::vector<Error> problems; // the first of them
    QStringList notes;
};

/// Thread: GUI.
class ForeignLogs : public QObject {
    Q_OBJECT
public:
    explicit ForeignLogs(jobs::JobSystem& jobs, QObject* parent = nullptr);
    /// Reads a file or folder; colours in `taken` are avoided. changed() follows.
    void add(const QString& path, const QSet<int>& taken);
    void remove(const QString& id);
    /// The report is read.
    void dismiss(const QString& id);
    void clear();
    [[nodiscard]] bool reading() const { return m_reading > 0; }
    [[nodiscard]] const QVector<std::shared_ptr<const OverlaidLog>>& logs() const { return m_logs; }
    [[nodiscard]] const QVector<LogReport>& reports() const { return m_reports; }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] int freeSlot(const QSet<int>& taken) const;
    jobs::JobSystem& m_jobs;
    Courier m_courier;
    QVector<std::shared_ptr<const OverlaidLog>> m_logs; // shared with nobody that outlives them
    QVector<LogReport> m_reports;
    int m_reading = 0;
    int m_number = 0;
    int m_generation = 0;
};

} // namespace fettle::ui
