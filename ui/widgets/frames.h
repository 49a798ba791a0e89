// Page furniture: cards, wells, hairlines, page headers, card headings, form rows and the scrolling page body. Margins
// come from the unit u.
#pragma once

#include "widgets/text.h"

#include <QFrame>
#include <QLayout>
#include <QScrollArea>

class QHBoxLayout;
class QVBoxLayout;

namespace fettle::ui {

/// A surface with a hairline. `layout()` is a column with the card's padding.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(QWidget* parent = nullptr);
    [[nodiscard]] QVBoxLayout* column() const { return m_column; }
    /// Heading row: title left, what is added to the returned row stands right of a stretch.
    QHBoxLayout* addHeading(const QString& title, const QString& icon = {});

private:
    QVBoxLayout* m_column;
};

/// A sunken ground without border; the one thing allowed inside a card.
class Well : public QFrame {
    Q_OBJECT
public:
    explicit Well(QWidget* parent = nullptr);
    [[nodiscard]] QVBoxLayout* column() const { return m_column; }

private:
    QVBoxLayout* m_column;
};

/// A 1 device-pixel line.
class Hairline : public QWidget {
    Q_OBJECT
public:
    explicit Hairline(Qt::Orientation orientation = Qt::Horizontal, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Qt::Orientation m_orientation;
};

/// Title, one sentence, actions at the right. The sentence wraps, it never elides.
class PageHeader : public QWidget {
    Q_OBJECT
public:
    explicit PageHeader(const QString& title, const QString& sentence, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setSentence(const QString& sentence);
    /// Right side: buttons and segments, in order.
    void addAction(QWidget* widget);
    /// Beside the title: a state pill.
    void setPill(QWidget* pill);
    [[nodiscard]] QLabel* titleLabel() const { return m_title; }

private:
    Label* m_title;
    Label* m_sentence;
    QHBoxLayout* m_titleRow;
    QHBoxLayout* m_actions;
};

/// A form row: label with a hint line at the left, field at the right, an error line under it when there is one.
class FieldRow : public QWidget {
    Q_OBJECT
public:
    /// The field gets the label as accessible name when it has none, and the label's mnemonic.
    FieldRow(const QString& label, const QString& hint, QWidget* field, QWidget* parent = nullptr);
    void setHint(const QString& hint);
    /// "" = no error. The field's border turns bad, the text is read with the field.
    void setError(const QString& error);
    /// Something that belongs to the field, left of it.
    void addBeside(QWidget* widget);
    [[nodiscard]] QWidget* field() const { return m_field; }
    [[nodiscard]] QString error() const;

private:
    Label* m_hint;
    Label* m_error;
    QWidget* m_field;
    QHBoxLayout* m_row;
};

/// A scrolling column with the page's margins and gaps: the body of a screen.
class PageBody : public QScrollArea {
    Q_OBJECT
public:
    explicit PageBody(QWidget* parent = nullptr);
    [[nodiscard]] QVBoxLayout* column() const { return m_column; }

private:
    QVBoxLayout* m_column;
};

/// Items in a row that breaks into further rows.
class FlowLayout : public QLayout {
public:
    explicit FlowLayout(QWidget* parent = nullptr, int gap = -1);
    ~FlowLayout() override;
    void addItem(QLayoutItem* item) override;
    [[nodiscard]] int count() const override;
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return {}; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int place(const QRect& rect, bool move) const;
    QList<QLayoutItem*> m_items;
    int m_gap;
};

} // namespace fettle::ui
