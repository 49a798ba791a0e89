#include "label/label_side.h"

#include "bridge/strings.h"
#include "label/label_widgets.h"
#include "label/label_words.h"

#include <QDateTime>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTextBrowser>
#include <QTextDocument>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr std::size_t kBars = 14;
constexpr int kEdits = 4;
} // namespace

LabelSide::LabelSide(LabelPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(3));
    const auto card = [&](const QString& title, QHBoxLayout** heading = nullptr) {
        auto* made = new Card;
        made->column()->setContentsMargins(theme.u(4), theme.u(3), theme.u(4), theme.u(3));
        made->column()->setSpacing(theme.u(1.25));
        auto* head = new QHBoxLayout;
        head->addWidget(new Label(title, FontRole::BodyStrong));
        head->addStretch(1);
        made->column()->addLayout(head);
        if (heading != nullptr) {
            *heading = head;
        }
        column->addWidget(made);
        return made;
    };
    Card* session = card(tr("This session"));
    fact(session, tr("Labelled"), m_labelled);
    fact(session, tr("Changed"), m_changed);
    fact(session, tr("Rejected"), m_rejected);
    fact(session, tr("Speed"), m_speed);
    m_labelled->setObjectName(u"label.session.labelled"_s);
    m_speed->setObjectName(u"label.session.speed"_s);
    m_bars = new SessionBars;
    session->column()->addSpacing(theme.u(1));
    session->column()->addWidget(m_bars);
    auto* axis = new QHBoxLayout;
    axis->addWidget(new Label(tr("start"), FontRole::Caption, Tone::Text2));
    axis->addStretch(1);
    axis->addWidget(new Label(tr("now"), FontRole::Caption, Tone::Text2));
    session->column()->addLayout(axis);

    QHBoxLayout* heading = nullptr;
    m_agreement = card(tr("Agreement"), &heading);
    m_agreement->setObjectName(u"label.agreement"_s);
    m_word = new Pill;
    heading->addWidget(m_word);
    auto* figure = new QHBoxLayout;
    figure->setSpacing(theme.u(2));
    m_kappa = new Label({}, FontRole::Figure);
    m_kappa->setObjectName(u"label.kappa"_s);
    figure->addWidget(m_kappa);
    figure->addWidget(new Label(tr("Cohen's kappa"), FontRole::Body, Tone::Text2));
    figure->addStretch(1);
    m_agreement->column()->addLayout(figure);
    m_interval = new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes);
    m_interval->setObjectName(u"label.kappa.interval"_s);
    m_people = new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes);
    m_agreement->column()->addWidget(m_interval);
    m_agreement->column()->addWidget(m_people);
    m_disagreements = makeButton(ButtonKind::Link, {}, u"label.disagreements"_s);
    m_disagreements->setFocusPolicy(Qt::TabFocus);
    auto* link = new QHBoxLayout; // a fixed-width child in a column would bound the column
    link->addWidget(m_disagreements);
    link->addStretch(1);
    m_agreement->column()->addLayout(link);
    connect(m_disagreements, &QPushButton::clicked, this, &LabelSide::disagreementsWanted);

    m_guideline = card(tr("Guideline"));
    m_guidelineText = new QTextBrowser;
    m_guidelineText->setObjectName(u"label.guideline"_s);
    m_guidelineText->setAccessibleName(tr("Guideline"));
    m_guidelineText->setFrameShape(QFrame::NoFrame);
    m_guidelineText->setProperty("kind", u"help"_s);
    m_guidelineText->document()->setDocumentMargin(0);
    m_guidelineText->setOpenLinks(false); // nothing leaves the machine by a click
    m_guidelineText->setFocusPolicy(Qt::TabFocus);
    m_guideline->column()->addWidget(m_guidelineText);

    m_edits = card(tr("Last edits"));
    m_editLines = new QVBoxLayout;
    m_editLines->setSpacing(theme.u(1));
    m_edits->column()->addLayout(m_editLines);
    column->addStretch(1);

    connect(&presenter, &LabelPresenter::sessionChanged, this, &LabelSide::refreshSession);
    connect(&presenter.agreement(), &AgreementPresenter::changed, this, &LabelSide::refreshAgreement);
    connect(&presenter, &LabelPresenter::labelsChanged, this, &LabelSide::refreshGuideline);
    refreshSession();
    refreshAgreement();
    refreshGuideline();
}

QWidget* LabelSide::fact(Card* card, const QString& what, Label*& figure) {
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(new Label(what, FontRole::Body, Tone::Text2));
    row->addStretch(1);
    figure = new Label({});
    row->addWidget(figure);
    card->column()->addWidget(line);
    return line;
}

void LabelSide::refreshSession() {
    const LabelSession& session = m_presenter.session();
    m_labelled->setText(Format::exactCount(session.labelled()));
    m_changed->setText(Format::exactCount(session.changed()));
    m_rejected->setText(Format::exactCount(session.rejected()));
    const auto speed = session.perMinute();
    m_speed->setText(speed ? tr("%1 rows/min").arg(QLocale().toString(*speed, 'f', 1)) : Format::unknown());
    m_bars->setBars(session.bars(kBars, QDateTime::currentMSecsSinceEpoch()));
    const Theme& theme = Theme::current();
    const QVector<LastEdit> edits = m_presenter.lastEdits(kEdits);
    m_edits->setVisible(!edits.isEmpty());
    // The lines stay and get other texts: thousands of decisions make no widgets.
    while (m_editLines->count() < edits.size()) {
        auto* line = new QWidget;
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme.u(2));
        auto* number = new Label({}, FontRole::Body);
        number->setFont(theme.mono());
        row->addWidget(number);
        row->addWidget(new ElidedLabel({}, FontRole::Body), 1);
        row->addWidget(new Label({}, FontRole::Caption, Tone::Text2));
        m_editLines->addWidget(line);
    }
    for (int i = 0; i < m_editLines->count(); ++i) {
        QWidget* line = m_editLines->itemAt(i)->widget();
        line->setVisible(i < edits.size());
        if (i < edits.size()) {
            const auto labels = line->findChildren<Label*>(QString(), Qt::FindDirectChildrenOnly);
            labels.at(0)->setText(Format::exactCount(edits[i].row));
            line->findChild<ElidedLabel*>()->setText(edits[i].what);
            labels.at(1)->setText(edits[i].outcome);
        }
    }
}

void LabelSide::refreshAgreement() {
    const AgreementPresenter& both = m_presenter.agreement();
    const auto& agreement = both.agreement();
    m_agreement->setVisible(!both.second().isEmpty() && agreement.has_value());
    if (!agreement) {
        return;
    }
    const bool known = agreement->kappa.has_value();
    m_kappa->setText(known ? Format::score(agreement->kappa) : Format::unknown());
    m_word->setVisible(known);
    if (known) {
        constexpr double kGood = 0.6, kFair = 0.4; // Landis and Koch: substantial, moderate
        m_word->setState(LabelWords::agreement(*agreement->kappa), *agreement->kappa >= kGood   ? State::Ok
                                                                   : *agreement->kappa >= kFair ? State::Neutral
                                                                                                : State::Warn);
    }
    const QString rows = tr("%Ln shared row(s)", nullptr, static_cast<int>(agreement->rows));
    m_interval->setText(known
                            ? tr("%1 [%2, %3]").arg(rows, Format::score(agreement->low), Format::score(agreement->high))
                            : tr("%1: not enough to tell").arg(rows));
    m_people->setText(tr("%1 and %2").arg(LabelWords::person(both.first()), LabelWords::person(both.second())));
    const auto open = static_cast<int>(both.openCount());
    const auto all = static_cast<int>(both.disagreements().size());
    m_disagreements->setVisible(all > 0);
    m_disagreements->setText(open > 0 ? tr("Show %Ln disagreement(s)", nullptr, open)
                                      : tr("All %Ln disagreement(s) settled", nullptr, all));
}

void LabelSide::refreshGuideline() {
    const QString text = qs(m_presenter.labels().guideline);
    m_guideline->setVisible(!text.trimmed().isEmpty());
    if (m_guidelineText->property("guideline").toString() != text) {
        m_guidelineText->setProperty("guideline", text);
        m_guidelineText->setMarkdown(text);
        m_guidelineText->document()->setTextWidth(Theme::current().u(48)); // the column's inner width
        const int height = qRound(m_guidelineText->document()->size().height()) + Theme::current().u(6);
        m_guidelineText->setFixedHeight(std::min(height, Theme::current().u(44)));
    }
}

} // namespace fettle::ui
