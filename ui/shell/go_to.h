// Ctrl+K: type a few letters of anything (screen, command, project, run, help page) and press Enter.
#pragma once

#include "shell/screen.h"

#include <QFrame>
#include <QVector>

class QLineEdit;
class QListWidget;

namespace fettle::ui {

class GoToPanel : public QFrame {
    Q_OBJECT
public:
    GoToPanel(const QVector<ScreenSpec>& screens, Commands& commands, Workspace& workspace, QWidget* window);
    void open();
    /// How well `query` matches `text`: letters in order, more for word starts and runs; negative = not at all.
    [[nodiscard]] static int score(const QString& query, const QString& text);

Q_SIGNALS:
    void screenChosen(const QString& id, const QString& part);

private:
    struct Entry {
        QString text, kind;
        std::function<void()> act;
    };
    void filter(const QString& query);
    void choose();
    void leave();
    bool eventFilter(QObject* watched, QEvent* event) override;
    QVector<Entry> m_entries;
    QVector<int> m_shown;
    QLineEdit* m_line;
    QListWidget* m_list;
};

} // namespace fettle::ui
