#include "train/samples_panel.h"

#include "bridge/strings.h"
#include "widgets/icons.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

SamplesPanel::SamplesPanel(RunPresenter& presenter, QWidget* parent)
    : Card(parent)
    , m_presenter(presenter)
    , m_title(new Label(tr("Samples"), FontRole::BodyStrong))
    , m_older(makeButton(ButtonKind::Icon, tr("Older samples"), u"train.samples.older"_s, u"up"_s))
    , m_newer(makeButton(ButtonKind::Icon, tr("Newer samples"), u"train.samples.newer"_s, u"down"_s))
    , m_all(makeButton(ButtonKind::Icon, tr("Answers over time"), u"train.samples.all"_s, u"columns"_s))
    , m_empty(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_list(new QVBoxLayout) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.samples"_s);
    setAccessibleName(tr("Samples"));
    column()->setContentsMargins(theme.u(4), theme.u(2), theme.u(4), theme.u(3));
    auto* heading = new QHBoxLayout;
    heading->setSpacing(theme.u(1));
    heading->addWidget(m_title);
    heading->addStretch(1);
    heading->addWidget(m_all);
    heading->addWidget(m_older);
    heading->addWidget(m_newer);
    column()->addLayout(heading);
    column()->addWidget(m_empty);
    m_list->setSpacing(theme.u(2));
    column()->addLayout(m_list);
    column()->addStretch(1);
    connect(m_older, &QPushButton::clicked, this, [this] { m_presenter.stepSamples(-1); });
    connect(m_newer, &QPushButton::clicked, this, [this] { m_presenter.stepSamples(1); });
    connect(m_all, &QPushButton::clicked, this, [this] { Q_EMIT m_presenter.insideWanted(u"samples"_s); });
    connect(&presenter, &RunPresenter::seriesChanged, this, &SamplesPanel::refresh);
    connect(&presenter, &RunPresenter::changed, this, &SamplesPanel::refresh);
    connect(&Theme::current(), &Theme::changed, this, &SamplesPanel::refresh);
    refresh();
}

SamplesPanel::Line SamplesPanel::makeLine() {
    const Theme& theme = Theme::current();
    Line line{};
    line.box = new QWidget;
    auto* grid = new QGridLayout(line.box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme.u(2));
    grid->setVerticalSpacing(theme.u(0.5));
    line.prompt = new ElidedLabel({}, FontRole::Body, Token::Text2);
    grid->addWidget(line.prompt, 0, 0, 1, 3);
    const auto answer = [&](int row, const QString& name, Label*& label, Tone tone) {
        auto* caption = new Label(name, FontRole::Caption, Tone::Text2);
        grid->addWidget(caption, row, 0, Qt::AlignTop);
        label = new Label({}, FontRole::Body, tone, Wrap::Yes);
        label->setFont(theme.mono(FontRole::Caption));
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setMinimumWidth(1);
        label->setMaximumHeight(label->fontMetrics().lineSpacing() * 4 +
                                theme.u(1)); // a long answer shows its beginning, the tooltip all
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        grid->addWidget(label, row, 1);
        return caption;
    };
    answer(1, tr("base"), line.base, Tone::Text2);
    answer(2, tr("now"), line.now, Tone::Text);
    line.mark = new QLabel;
    grid->addWidget(line.mark, 2, 2, Qt::AlignTop);
    line.expectedRow = answer(3, tr("wanted"), line.expected, Tone::Text2);
    grid->setRowMinimumHeight(4, theme.u(1));
    grid->addWidget(new Hairline, 5, 0, 1, 3);
    grid->setColumnStretch(1, 1);
    m_list->addWidget(line.box);
    return line;
}

void SamplesPanel::refresh() {
    const SamplesState state = m_presenter.samples();
    m_title->setText(state.count == 0 ? tr("Samples") : tr("Samples at step %1").arg(Format::exactCount(state.step)));
    m_older->setVisible(state.count > 1);
    m_newer->setVisible(state.count > 1);
    m_all->setVisible(state.count > 0);
    m_older->setEnabled(state.index > 0);
    m_newer->setEnabled(state.index + 1 < state.count);
    m_empty->setVisible(state.count == 0);
    if (state.count == 0) {
        m_empty->setText(m_presenter.state().live
                             ? tr("Answers appear here at each evaluation, beside those of the base model.")
                             : tr("This run had no evaluation with samples."));
    }
    while (m_lines.size() > state.lines.size()) {
        const Line line = m_lines.takeLast();
        m_list->removeWidget(line.box);
        line.box->hide();
        line.box->deleteLater();
    }
    const Theme& theme = Theme::current();
    for (qsizetype i = 0; i < state.lines.size(); ++i) {
        if (i >= m_lines.size()) {
            m_lines.append(makeLine());
        }
        const Line& line = m_lines[i];
        const SampleLine& sample = state.lines[i];
        line.prompt->setText(sample.prompt.simplified());
        const auto show = [](Label* label, const QString& text) {
            const QString shown = text.trimmed().isEmpty() ? QStringLiteral("–") : text.trimmed();
            if (label->text() != shown) {
                label->setText(shown);
                label->setToolTip(shown.size() > 80 ? shown : QString());
            }
        };
        show(line.base, sample.base);
        show(line.now, sample.now);
        show(line.expected, sample.expected);
        const bool wrong = sample.right && !*sample.right;
        line.expected->setVisible(wrong);
        line.expectedRow->setVisible(wrong);
        const int side = theme.u(4);
        line.mark->setVisible(sample.right.has_value());
        if (sample.right) {
            line.mark->setPixmap(
                themeIcon(*sample.right ? u"check"_s : u"cross"_s, *sample.right ? Token::Ok : Token::Bad)
                    .pixmap(QSize(side, side), devicePixelRatioF()));
            line.mark->setAccessibleName(*sample.right ? tr("as wanted") : tr("not as wanted"));
            line.mark->setToolTip(line.mark->accessibleName());
        }
        line.box->setAccessibleName(
            tr("%1: base %2, now %3")
                .arg(sample.prompt.simplified(), sample.base.simplified(), sample.now.simplified()));
    }
}

} // namespace fettle::ui
