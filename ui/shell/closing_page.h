// What the window shows between "close" and its end while runs finish their step and save: which ones are left. The
// event loop stays alive, so that the system sees a window that answers.
#pragma once

#include <QTimer>
#include <QWidget>

namespace fettle::ui {

class Bar;
class Label;
class Workspace;

/// Thread: GUI.
class ClosingPage : public QWidget {
    Q_OBJECT
public:
    explicit ClosingPage(Workspace& workspace, QWidget* parent = nullptr);

private:
    void refresh();
    Workspace& m_workspace;
    Bar* m_bar;
    Label* m_runs;
    Label* m_time;
    QTimer m_timer;
    int m_seconds = 0;
};

} // namespace fettle::ui
