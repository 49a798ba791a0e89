// The labeling queue without a widget: which row shows, what the keys do to it, what is said about progress. A decision
// is saved first, then the next row shows; that one was read before it is needed. Keys pressed while a decision is
// being saved wait for the next row, so that none is lost and none counts twice.
#pragma once

#include "label/agreement_presenter.h"
#include "label/label_desk.h"
#include "label/label_queue.h"
#include "label/label_session.h"
#include "label/label_subject.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace fettle::ui {

enum class LabelOrder { None = 0, Row, Loss, Uncertainty, Coverage, Random };

/// What a key does.
struct LabelAct {
    enum class Kind {
        None,
        Label,
        Accept,
        Reject,
        Pair,
        Rating,
        Tag,
        Untag,
        Comment,
        Answer,
        Next,
        Previous,
        Skip,
        Undo,
        Redo
    };
    Kind kind = Kind::None;
    QString value; // label, tag, text; Rating "1" … "5" or ""; Pair "left", "right", "tie"
};

struct NearLabelled {
    project::RowId row = 0;
    QString label, title;
    double similarity = 0;
};

struct LastEdit {
    project::RowId row = 0;
    QString what;    // "web", "web → php"
    QString outcome; // "accepted"; or when it was
};

/// What the page says.
struct LabelState {
    enum class Phase { NoProject, Looking, Nothing, AllDecided, Row, Failed };
    Phase phase = Phase::NoProject;
    std::size_t done = 0, total = 0, place = 0;
    std::optional<double> secondsLeft; // at the pace of now
    bool saving = false;
    bool reading = false; // another row is to show than the one that does
    bool slow = false;    // saving takes long enough to say so
    QString readOnly;     // why nothing can be decided
    QString notice;       // something to know, until the next decision
    QString similarTo;    // "Row 1,206": the queue holds rows like it; "" = the usual queue
    bool secondPass = false;
    QString annotator;  // whose decisions these are; "" = the person at this machine
    QString undo, redo; // labels; "" = nothing
};

/// Thread: GUI.
class LabelPresenter : public QObject {
    Q_OBJECT
public:
    explicit LabelPresenter(QObject* parent = nullptr);
    ~LabelPresenter() override;

    /// nullptr = none. The store's listener is somebody else's: what it hears comes by storeChanged().
    void setProject(std::shared_ptr<project::Project> project);
    void storeChanged(const project::StoreChange& change);
    /// The page is looked at: time counts, the queue is made. Leaving keeps the position.
    void enter();
    void leave();

    [[nodiscard]] LabelState state() const;
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }
    void dismissProblem();
    void tryAgain(); // makes the queue again

    // --- the queue
    [[nodiscard]] const project::Filter& filter() const { return m_filter; }
    void setFilter(const project::Filter& filter);
    void search(const QString& words); // of the filter
    [[nodiscard]] LabelOrder order() const { return m_order; }
    void setOrder(LabelOrder order);
    [[nodiscard]] static QVector<LabelOrder> orders();
    [[nodiscard]] static QString orderName(LabelOrder order);
    /// Why an order cannot be had; "" = it can.
    [[nodiscard]] QString orderRefusal(LabelOrder order) const;
    void jump(project::RowId row);
    /// The rows most like this one as a queue of their own, and back.
    void showSimilar();
    void leaveSimilar();

    // --- the row that shows
    [[nodiscard]] project::RowId row() const { return m_details ? m_details->cells.id : 0; }
    [[nodiscard]] const std::optional<project::RowDetails>& details() const { return m_details; }
    [[nodiscard]] const LabelSubject& subject() const { return m_subject; }
    [[nodiscard]] bool pairExchanged() const;
    /// The person's own label of it; "" = none yet.
    [[nodiscard]] QString chosen() const;
    [[nodiscard]] QString ownVerdict() const; // "accepted", "rejected", "left", "right", "tie" or ""
    /// The second pass hides what the first said until both are in.
    [[nodiscard]] bool hidesFirst() const;
    [[nodiscard]] const QVector<NearLabelled>& nearest() const { return m_nearest; }
    [[nodiscard]] bool nearestKnown() const { return m_nearestRow != 0 && m_nearestRow == row(); }

    /// A key was pressed. Taken in order; what cannot be done is told by notice.
    void press(const LabelAct& act);
    /// Why the act cannot be done to this row; "" = it can.
    [[nodiscard]] QString refusal(const LabelAct& act) const;

    // --- labels
    [[nodiscard]] const project::LabelSet& labels() const { return m_labels; }
    [[nodiscard]] QString labelAt(int number) const; // 1-based; "" = none
    [[nodiscard]] bool labelsAreAnswers() const { return m_answers; }
    struct Renamed {
        std::string from, to;
    };
    void setLabels(const project::LabelSet& set, bool labelsAreAnswers, const std::vector<Renamed>& renamed);
    /// The answers that the rows have, most frequent first, as labels; asked for when the set is edited.
    void readAnswers(std::function<void(const project::Balance&)> done);

    // --- people
    [[nodiscard]] const QString& annotator() const { return m_annotator; } // of the first pass
    void setAnnotator(const QString& name);
    [[nodiscard]] const QString& secondAnnotator() const { return m_second; }
    void startSecondPass(const QString& first, const QString& second);
    void endSecondPass();
    [[nodiscard]] bool secondPass() const { return m_secondPass; }
    [[nodiscard]] QStringList knownAnnotators() const { return m_people; }
    [[nodiscard]] AgreementPresenter& agreement() { return *m_agreement; }

    // --- the session
    [[nodiscard]] const LabelSession& session() const { return m_session; }
    [[nodiscard]] QVector<LastEdit> lastEdits(int most) const;
    /// Whether the person works now: time counts only then.
    void setWorking(bool working);

Q_SIGNALS:
    void stateChanged();
    void rowChanged(); // another row shows, or this one has other values
    void nearestChanged();
    void labelsChanged();
    void sessionChanged();
    void said(const QString& text);

private:
    struct Made;   // a queue as the store gave it
    struct Opened; // what is read once when a project opens
    [[nodiscard]] project::Sort sort() const;
    [[nodiscard]] std::string who() const; // annotator of the pass
    void open();
    void makeQueue(project::RowId at);
    void takeQueue(Made made, project::RowId at);
    void showCurrent();
    void show(project::RowDetails details);
    void goOn(); // after a decision
    void prefetch();
    void readNearest();
    void readLabels();
    void forget(project::RowId row);
    void keep(project::RowDetails details);
    void perform(const LabelAct& act);
    [[nodiscard]] project::EditStep stepOf(const LabelAct& act, LabelDone& done) const;
    void saved(const LabelAct& act, LabelDone done, Result<project::EditDone> result);
    void travel(bool redo);
    void travelled(bool redo, const std::string& step, Result<project::EditDone> result);
    void work(); // takes what was pressed meanwhile
    void setSaving(bool saving);
    void notice(const QString& text);
    void keepPosition();
    [[nodiscard]] std::int64_t takeSpent();
    [[nodiscard]] const project::Annotation* own() const;
    [[nodiscard]] bool ready() const; // the row of the queue shows
    void move(const LabelAct& act);
    void dropPressed();
    void countLabel(const std::string& label, int by);
    void setDecided(project::RowId row, bool decided);

    LabelDesk m_desk;
    std::unique_ptr<AgreementPresenter> m_agreement;
    project::Filter m_filter;
    LabelOrder m_order = LabelOrder::Row;
    std::uint64_t m_seed = 0;
    LabelQueue m_queue;
    std::optional<LabelQueue> m_usual; // while rows like one show
    project::RowId m_similarTo = 0;
    bool m_opened = false, m_looking = false, m_entered = false;
    bool m_finished = false; // no open row is left, and none shows
    bool m_lossKnown = false, m_uncertaintyKnown = false;

    std::map<project::RowId, project::RowDetails> m_read; // rows read ahead
    std::deque<project::RowId> m_readOrder;
    std::map<project::RowId, std::uint64_t> m_changedAt; // what was read of a row before is old
    std::optional<project::RowDetails> m_details;
    LabelSubject m_subject;
    QVector<NearLabelled> m_nearest;
    project::RowId m_nearestRow = 0;
    QTimer m_nearestTimer, m_positionTimer, m_slowTimer, m_agreementTimer;

    project::LabelSet m_labels;
    bool m_answers = false;
    QString m_annotator, m_second;
    bool m_secondPass = false;
    QStringList m_people;
    std::optional<double> m_usualSeconds; // of a decision, over all that was logged

    LabelSession m_session;
    QVector<LastEdit> m_before; // edits of earlier sessions
    QElapsedTimer m_clock;
    std::int64_t m_spentMs = 0;
    bool m_working = false;

    std::deque<LabelAct> m_pressed; // while something is saved
    bool m_saving = false, m_slow = false, m_pressing = false;
    QString m_notice;
    std::optional<Error> m_problem;
    bool m_queueFailed = false;
};

} // namespace fettle::ui
