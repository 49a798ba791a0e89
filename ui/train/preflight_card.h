// The preflight card: figures, what happens to the tokens, findings with their fixes, one row as it will be trained,
// and the button that starts.
#pragma once

#include "train/train_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QPushButton>

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;

namespace fettle::ui {

class DialogService;

/// Trained, context and cut tokens as one bar.
class TokenBar : public QWidget {
    Q_OBJECT
public:
    explicit TokenBar(QWidget* parent = nullptr);
    void setTokens(std::int64_t trained, std::int64_t context, std::int64_t cut);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::int64_t m_trained = 0, m_context = 0, m_cut = 0;
};

class PreflightCard : public Card {
    Q_OBJECT
public:
    PreflightCard(TrainPresenter& presenter, DialogService& dialogs, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* startButton() const { return m_start; }
    /// Flat: as tall as what it holds, for a page that scrolls. Otherwise what it holds scrolls inside and the button
    /// stays in sight.
    enum class Flat { No, Yes };
    void setFlat(Flat flat);
    void setMeasuresByItself(bool on);

Q_SIGNALS:
    void helpWanted();
    void measuresByItself(bool on); // chosen by the person

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fitBody();
    void fitRow();
    void refresh();
    void refreshFindings(const PreflightState& state);
    void refreshRow();
    void refreshMeasure(const PreflightState& state);
    void act(Fix fix, const QString& arg);

    TrainPresenter& m_presenter;
    DialogService& m_dialogs;
    PageBody* m_body;
    bool m_flat = false;
    Pill* m_pill;
    Label* m_sentence;
    Label *m_peak, *m_time, *m_speed, *m_peakNote, *m_timeNote, *m_speedNote;
    TokenBar* m_bar;
    Label* m_tokens;
    ProgressRow* m_progress;
    InlineError* m_error;
    QVBoxLayout* m_findings;
    QVector<FindingRow*> m_rows;
    QString m_findingsKey; // what is shown: rows are made again only when it changes
    QPlainTextEdit* m_faults;
    QWidget* m_measureBox;
    QPushButton* m_measure;
    QCheckBox* m_byItself;
    ProgressRow* m_measuring;
    QWidget* m_rowBox;
    QLineEdit* m_rowNumber;
    ElidedLabel* m_rowOf;
    Label *m_rowCount, *m_rowNote;
    TokenView* m_tokenView;
    QPushButton *m_previous, *m_next, *m_nextLong, *m_nextSilent;
    Label* m_hold;
    QPushButton* m_start;
};

} // namespace fettle::ui
