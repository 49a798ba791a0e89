// A plain-text editor for YAML: line numbers, marks of faulty lines in the gutter, light colours from the theme. Undo
// is the document's, not the editor's.
#pragma once

#include <QPlainTextEdit>
#include <QSet>

namespace fettle::ui {

class YamlColors;

class YamlEditor : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit YamlEditor(const QString& name, QWidget* parent = nullptr);
    /// Replaces the text and keeps cursor and scroll where they make sense.
    void showText(const QString& text);
    /// 1-based lines that are marked; `current` is tinted too. 0 = none.
    void setFaults(const QSet<int>& lines, int current);
    [[nodiscard]] const QSet<int>& faults() const { return m_faults; }
    void goToLine(int line);
    [[nodiscard]] int gutterWidth() const;
    void paintGutter(QPaintEvent* event);

Q_SIGNALS:
    void typed(); // by the person
    void undoWanted();
    void redoWanted();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void placeGutter();
    void tintLines();
    QWidget* m_gutter;
    YamlColors* m_colors;
    QSet<int> m_faults;
    int m_current = 0;
    bool m_showing = false;
};

} // namespace fettle::ui
