// What Home says, without a widget: the project to continue with its latest run, the machine, the recent list. Nothing
// is shown that was not measured or counted.
#pragma once

#include "workspace/workspace.h"

#include <QObject>
#include <QPair>

namespace fettle::ui {

struct HomeState {
    struct Continue {
        QString name, sentence;                 // "SmolLM2-135M-Instruct · 12 runs"
        QVector<QPair<QString, QString>> facts; // name, value; unknown values are "–"
        QString run;                            // folder of the latest run; "" = none yet
        QString runLine, runRight;              // "Run 7 · loss 0.372", "10 min left"
        int slot = 0;
        std::optional<double> steps; // total of that run
        bool open = false;           // is the open project
        QString folder;
    };
    std::optional<Continue> current;
    QVector<QPair<QString, QString>> machine;
    bool busy = false;
};

/// Thread: GUI.
class HomePresenter : public QObject {
    Q_OBJECT
public:
    explicit HomePresenter(Workspace& workspace, QObject* parent = nullptr);
    [[nodiscard]] HomeState state() const;
    /// Curve of the latest run; empty until read.
    void curve(Column& steps, Column& losses) const;
    void openSample() { m_workspace.openSample(); }
    void openCurrent(); // the project of the continue card
    /// Accepts one readable file; otherwise says why not.
    [[nodiscard]] QString refuseDrop(const QStringList& paths) const;
    void dropped(const QString& path);
    /// "" = the name will do; else what is wrong with it.
    [[nodiscard]] static QString nameFault(const QString& name);
    void createProject(const QString& name) { m_workspace.createProject(name.trimmed()); }

Q_SIGNALS:
    void changed();
    void curveChanged();

private:
    Workspace& m_workspace;
    MachineFacts m_machine;
};

} // namespace fettle::ui
