// Tables: one set-up for every view (no grid, hairlines, fixed rows, keyboard ring inside) and one delegate that paints
// from roles: text, secondary text, pills, bars, swatches.
#pragma once

#include "widgets/buttons.h"

#include <QStyledItemDelegate>
#include <QTableView>

namespace fettle::ui {

/// Roles a model may answer beyond the usual ones. One enum for all models.
enum TableRole : int {
    SecondaryRole = Qt::UserRole + 1, // QString: behind the text (one line) or under it (two lines)
    ToneRole,                         // int(Token) of the text
    PillRole,                         // int(State): the text is drawn as a pill
    BarRole,                          // double: a bar of that fraction before the text
    SwatchRole,                       // int: series slot; -1 = an empty box
    SortRole,                         // what sorts
    TagsRole,                         // QStringList: behind everything else, as small marks
    FolderRole,                       // QString: the run's folder
    CopyRole,                         // full-precision text for the clipboard
    IconRole                          // QString: an icon before the text; it takes the tone, the text does not
};

class TableDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit TableDelegate(QObject* parent = nullptr);
    /// 1 or 2 lines a row.
    void setLines(int lines) { m_lines = lines; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_lines = 1;
};

/// A table view in house style. Copy (Ctrl+C) puts the selected rows on the clipboard, cells by CopyRole else
/// DisplayRole.
class DataTable : public QTableView {
    Q_OBJECT
public:
    explicit DataTable(const QString& name, const QString& accessibleName, QWidget* parent = nullptr);
    void setLines(int lines);
    /// Column widths from samples ("0.00 [0.00, 0.00]"); the stretch column takes the rest.
    void setColumnSamples(const QStringList& samples, int stretchColumn);
    /// Whether the ring of the current cell shows (the focus came by key).
    [[nodiscard]] bool showsRing() const { return m_ring; }

Q_SIGNALS:
    void opened(const QModelIndex& index); // Enter or double click
    void marked(const QModelIndex& index); // Space

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitColumns();
    TableDelegate* m_delegate;
    QStringList m_samples;
    int m_stretch = 0;
    bool m_ring = false;
};

} // namespace fettle::ui
