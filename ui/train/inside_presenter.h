// Look inside a run: which part shows, and the presenters of its parts. Kept apart from the pages, which are made again
// when language or font change. No widget.
#pragma once

#include "train/autopsy_presenter.h"
#include "train/row_losses_presenter.h"

#include <QObject>

namespace fettle::ui {

enum class InsidePart { Samples, Rows, Layers, Autopsy };

/// Thread: GUI.
class InsidePresenter : public QObject {
    Q_OBJECT
public:
    InsidePresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine, QObject* parent = nullptr);
    [[nodiscard]] InsidePart part() const { return m_part; }
    void setPart(InsidePart part);
    /// Whether the page is seen: only then files are read.
    void setShown(bool shown);
    [[nodiscard]] bool shown() const { return m_shown; }
    [[nodiscard]] RunPresenter& run() { return m_run; }
    [[nodiscard]] RowLossesPresenter& rows() { return m_rows; }
    [[nodiscard]] AutopsyPresenter& autopsy() { return m_autopsy; }
    /// Whether the run lives, so that gradient norms by layer can be asked for on the way.
    [[nodiscard]] bool canSwitchLayers() const;
    /// As asked for last, else as the last step tells.
    [[nodiscard]] bool layersOn() const;
    void switchLayers();

Q_SIGNALS:
    void partChanged();
    void layersChanged();

private:
    void look();

    Workspace& m_workspace;
    RunPresenter& m_run;
    RowLossesPresenter m_rows;
    AutopsyPresenter m_autopsy;
    InsidePart m_part = InsidePart::Samples;
    bool m_shown = false;
    QHash<QString, bool> m_layersAsked; // by run folder
};

} // namespace fettle::ui
