// Look inside: what a run recorded beyond its curves, in four parts: answers over time, losses of rows, gradient norms
// by layer, and what happened at a step.
#pragma once

#include "shell/screen.h"
#include "train/inside_presenter.h"
#include "widgets/frames.h"

class QStackedWidget;

namespace fettle::ui {

class AutopsyView;
class LayerMap;
class RowLossesView;
class SamplesOverTimeView;

class InsideView : public QWidget {
    Q_OBJECT
public:
    InsideView(const ShellContext& context, InsidePresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const;
    [[nodiscard]] QWidget* firstFocus() const;
    void showPart(InsidePart part);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void refreshLayers();
    QWidget* makeLayers();

    InsidePresenter& m_presenter;
    ChoiceGroup* m_parts;
    QStackedWidget* m_stack;
    SamplesOverTimeView* m_samples;
    RowLossesView* m_rows;
    AutopsyView* m_autopsy;
    LayerMap* m_map = nullptr;
    Label *m_layersEmpty = nullptr, *m_layersRead = nullptr;
    QPushButton* m_layersSwitch = nullptr; // of a run that lives
    Card* m_layersCard = nullptr;
};

} // namespace fettle::ui
