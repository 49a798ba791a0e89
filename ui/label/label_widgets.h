// Small painted parts of the labeling page: key caps, the numbered choices, the bars of the session.
#pragma once

#include "widgets/theme.h"

#include <QAbstractButton>
#include <QWidget>

namespace fettle::ui {

/// A key as it stands on the keyboard. Decoration: the button or line beside it says the same.
class KeyCap : public QWidget {
    Q_OBJECT
public:
    explicit KeyCap(const QString& text, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
};
void paintKeyCap(QPainter& painter, const QRectF& box, const QString& text, bool chosen);

/// A label with the number of its key. Checked = the person's choice.
class LabelChoice : public QAbstractButton {
    Q_OBJECT
public:
    explicit LabelChoice(QWidget* parent = nullptr);
    /// `number` 0 = no key of its own.
    void setChoice(int number, const QString& name, const QString& note, const QString& description);
    [[nodiscard]] QString note() const { return m_note; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int m_number = 0;
    QString m_note;
};

/// Decisions in equal parts of the session. Its accessible description says the counts.
class SessionBars : public QWidget {
    Q_OBJECT
public:
    explicit SessionBars(QWidget* parent = nullptr);
    void setBars(const std::vector<std::int64_t>& bars);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<std::int64_t> m_bars;
};

} // namespace fettle::ui
