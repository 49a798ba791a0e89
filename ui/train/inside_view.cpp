#include "train/inside_view.h"

#include "bridge/strings.h"
#include "train/autopsy_view.h"
#include "train/layer_map.h"
#include "train/row_losses_view.h"
#include "train/samples_over_time_view.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

InsideView::InsideView(const ShellContext& context, InsidePresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_parts(new ChoiceGroup(GroupLook::Tabs, tr("Look inside")))
    , m_stack(new QStackedWidget)
    , m_samples(new SamplesOverTimeView(presenter.run()))
    , m_rows(new RowLossesView(presenter.rows(), context.dialogs))
    , m_autopsy(new AutopsyView(presenter.autopsy())) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.inside"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));
    m_parts->addChoice(static_cast<int>(InsidePart::Samples), tr("Answers over time"), u"inside.part.samples"_s);
    m_parts->addChoice(static_cast<int>(InsidePart::Rows), tr("Losses of rows"), u"inside.part.rows"_s);
    m_parts->addChoice(static_cast<int>(InsidePart::Layers), tr("Gradient by layer"), u"inside.part.layers"_s);
    m_parts->addChoice(static_cast<int>(InsidePart::Autopsy), tr("What happened"), u"inside.part.autopsy"_s);
    auto* tabs = new QHBoxLayout;
    tabs->addWidget(m_parts);
    tabs->addStretch(1);
    column->addLayout(tabs);
    m_stack->addWidget(m_samples);
    m_stack->addWidget(m_rows);
    m_stack->addWidget(makeLayers());
    m_stack->addWidget(m_autopsy);
    column->addWidget(m_stack, 1);
    connect(m_parts, &ChoiceGroup::chosen, this, [this](int id) { m_presenter.setPart(static_cast<InsidePart>(id)); });
    connect(&presenter, &InsidePresenter::partChanged, this, &InsideView::refresh);
    connect(&presenter.run(), &RunPresenter::seriesChanged, this, &InsideView::refreshLayers);
    connect(&presenter.run(), &RunPresenter::changed, this, &InsideView::refreshLayers);
    connect(&presenter, &InsidePresenter::layersChanged, this, &InsideView::refreshLayers);
    refresh();
    refreshLayers();
}

QWidget* InsideView::makeLayers() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));
    m_layersEmpty = new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes);
    m_layersEmpty->setObjectName(u"inside.layers.status"_s);
    column->addWidget(m_layersEmpty);
    auto* row = new QHBoxLayout;
    m_layersSwitch = makeButton(ButtonKind::Plain, {}, u"inside.layers.switch"_s);
    row->addWidget(m_layersSwitch);
    row->addStretch(1);
    column->addLayout(row);
    connect(m_layersSwitch, &QPushButton::clicked, this, [this] { m_presenter.switchLayers(); });
    m_layersCard = new Card;
    m_layersCard->setObjectName(u"inside.layers"_s);
    m_layersCard->addHeading(tr("Gradient norm of each layer"));
    m_map = new LayerMap;
    m_layersCard->column()->addWidget(m_map, 1);
    m_layersRead = new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes);
    m_layersRead->setObjectName(u"inside.layers.read"_s);
    m_layersRead->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layersCard->column()->addWidget(m_layersRead);
    column->addWidget(m_layersCard, 1);
    column->addStretch(0);
    connect(m_map, &LayerMap::cursorMoved, this, [this] { m_layersRead->setText(m_map->readOut()); });
    return page;
}

void InsideView::refreshLayers() {
    const std::shared_ptr<const RunSeries> series = m_presenter.run().series();
    const bool some = series != nullptr && !series->layerNorms.steps.isEmpty();
    m_layersCard->setVisible(some);
    m_layersEmpty->setVisible(!some);
    const bool live = m_presenter.canSwitchLayers();
    m_layersEmpty->setText(series == nullptr ? tr("Reading the run…")
                           : live ? tr("This run has not written gradient norms by layer. They cost little and change "
                                       "nothing in the training.")
                                  : tr("This run did not write gradient norms by layer. Switch them on in the recipe "
                                       "of the next one: Evaluation, Gradient norms by layer."));
    m_layersSwitch->setVisible(series != nullptr && live);
    m_layersSwitch->setText(m_presenter.layersOn() ? tr("Stop writing them") : tr("Write them from the next step on"));
    if (some) { // shares the run's memory
        m_map->setNorms(std::shared_ptr<const LayerNorms>(series, &series->layerNorms));
    } else {
        m_map->setNorms(nullptr);
    }
    m_layersRead->setText(m_map->readOut());
}

QPushButton* InsideView::primaryButton() const {
    return m_presenter.part() == InsidePart::Autopsy ? m_autopsy->primaryButton() : nullptr;
}

QWidget* InsideView::firstFocus() const {
    switch (m_presenter.part()) {
    case InsidePart::Samples:
        return m_samples->firstFocus();
    case InsidePart::Rows:
        return m_rows->firstFocus();
    case InsidePart::Layers:
        return m_layersCard->isVisibleTo(this) ? static_cast<QWidget*>(m_map) : m_parts->button(m_parts->current());
    case InsidePart::Autopsy:
        break;
    }
    return m_autopsy->firstFocus();
}

void InsideView::showPart(InsidePart part) {
    m_presenter.setPart(part);
    refresh();
}

void InsideView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_presenter.setShown(true);
}

void InsideView::refresh() {
    const int part = static_cast<int>(m_presenter.part());
    m_parts->setCurrent(part);
    // Only the part that shows decides how tall the page is.
    for (int i = 0; i < m_stack->count(); ++i) {
        m_stack->widget(i)->setSizePolicy(QSizePolicy::Preferred,
                                          i == part ? QSizePolicy::Preferred : QSizePolicy::Ignored);
    }
    m_stack->setCurrentIndex(part);
}

} // namespace fettle::ui
