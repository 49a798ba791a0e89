// The record of a run in words: on what it ran, on which data, what was predicted against what came, the command that
// trains it again, what an archive of it would weigh. Read in a job; without a widget.
#pragma once

#include "bridge/courier.h"
#include "bridge/strings.h"
#include "jobs/job_system.h"
#include "run/run_archive.h"
#include "run/run_record.h"
#include "widgets/text.h"

#include <QObject>
#include <QVector>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct RecordLine {
    QString name, value;
    bool mono = false; // a hash
};
struct RecordSection {
    QString title;
    QVector<RecordLine> lines;
};
/// One row of predicted against actual. What is not known is "–".
struct RecordFigure {
    QString name, predicted, actual;
    QString difference;      // "+12 %"; "–" where the two cannot be compared
    Tone tone = Tone::Text2; // warn: more than kFarOff over what was promised
};
/// What an archive would take along.
struct ArchiveChoice {
    run::ArchivedCheckpoints which = run::ArchivedCheckpoints::All;
    std::uint64_t bytes = 0;
    std::vector<std::int64_t> steps;
};

struct RunRecordState {
    QString folder, title;
    bool reading = false;
    std::optional<ErrorText> fault; // it could not be read
    bool live = false;              // its end is open: time and steps are those until now
    QVector<RecordFigure> figures;
    QString figuresNote; // what the prediction rests on, or why there is none
    QVector<RecordSection> sections;
    QString command; // "" = none
    std::optional<ErrorText> commandFault;
    QVector<ArchiveChoice> archives;
    std::int64_t checkpoints = 0;
};

/// A record as rows for people; the same words in the view, in the copied text and in comparisons.
struct RecordWords {
    [[nodiscard]] static QVector<RecordFigure> figures(const run::RunRecord& record, bool live);
    [[nodiscard]] static QString figuresNote(const run::RunRecord& record, bool live);
    [[nodiscard]] static QVector<RecordSection> sections(const run::RunRecord& record, bool live);
    /// What it ran on and from: the sections that do not tell of this one run.
    [[nodiscard]] static QVector<RecordSection> origins(const run::RunRecord& record);
    /// "+12 %", "−3 %", "0 %"; "–" where there is nothing to compare.
    [[nodiscard]] static QString difference(double actual, double predicted);
};

/// Thread: GUI.
class RunRecordPresenter : public QObject {
    Q_OBJECT
public:
    explicit RunRecordPresenter(Workspace& workspace, QObject* parent = nullptr);
    ~RunRecordPresenter() override;

    /// Whether the record shows: nothing is read before.
    void setShown(bool shown);
    [[nodiscard]] bool shown() const { return m_shown; }
    void show(const QString& folder);
    void readAgain();
    [[nodiscard]] const RunRecordState& state() const { return m_state; }
    /// Everything as lines of text, for the clipboard.
    [[nodiscard]] QString text() const;

    /// The other run that is compared with this one; "" = the record shows. Kept here because pages are made again.
    [[nodiscard]] QString compared() const { return m_compared; }
    void setCompared(const QString& folder) { m_compared = folder; }

Q_SIGNALS:
    void changed();

private:
    Workspace& m_workspace;
    Courier m_courier;
    RunRecordState m_state;
    QString m_compared;
    bool m_shown = false;
    bool m_fresh = false;                   // the state is that of the folder
    std::uint64_t m_number = 0;             // late answers of an older reading are dropped
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
};

} // namespace fettle::ui
