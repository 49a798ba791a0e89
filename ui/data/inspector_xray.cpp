// The token x-ray of the side panel: legend with counts, tokens, the token under the cursor, why this much is trained.
#include "data/inspector_view.h"

#include "bridge/strings.h"
#include "widgets/frames.h"
#include "workspace/workspace.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// A small box of the legend, drawn as tokens are.
class FateSwatch : public QWidget {
public:
    explicit FateSwatch(int kind, QWidget* parent = nullptr) // 0 trained, 1 context, 2 special, 3 cut
        : QWidget(parent)
        , m_kind(kind) {
        setFixedSize(Theme::current().u(3.5), Theme::current().u(3.5));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.fillRect(box, theme.color(m_kind == 0   ? Token::AccentTint
                                          : m_kind == 1 ? Token::Sunken
                                          : m_kind == 2 ? Token::SpecialTint
                                                        : Token::BadTint));
        if (m_kind == 0) {
            painter.fillRect(QRectF(box.left(), box.bottom() - 1.5, box.width(), 2), theme.color(Token::Accent));
        } else if (m_kind == 2) {
            painter.setPen(QPen(theme.color(Token::Special), 1, Qt::DotLine));
            painter.drawRect(box);
        } else if (m_kind == 3) {
            painter.setPen(QPen(theme.color(Token::Bad), 1));
            painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()));
        } else {
            painter.setPen(QPen(theme.color(Token::Line), 0));
            painter.drawRect(box);
        }
    }

private:
    int m_kind;
};

} // namespace

QWidget* InspectorView::makeXray() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme.u(5), 0, theme.u(5), theme.u(3));
    column->setSpacing(theme.u(2));
    m_legend = new QWidget;
    auto* legend = new FlowLayout(m_legend, theme.u(2.5));
    const auto entry = [&](int kind, const QString& name, Label*& count) {
        auto* box = new QWidget;
        auto* row = new QHBoxLayout(box);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme.u(1.25));
        row->addWidget(new FateSwatch(kind));
        row->addWidget(new Label(name, FontRole::Caption, Tone::Text2));
        count = new Label({}, FontRole::BodyStrong);
        count->setFont(theme.font(FontRole::BodyStrong));
        row->addWidget(count);
        legend->addWidget(box);
    };
    entry(0, tr("Trained"), m_trained);
    entry(1, tr("Context"), m_context);
    entry(2, tr("Special"), m_special);
    entry(3, tr("Cut"), m_cut);
    m_trained->setObjectName(u"data.xray.trained"_s);
    m_context->setObjectName(u"data.xray.context"_s);
    m_special->setObjectName(u"data.xray.special"_s);
    m_cut->setObjectName(u"data.xray.cut"_s);
    column->addWidget(m_legend);
    m_xrayStatus = new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes);
    m_xrayStatus->setObjectName(u"data.xray.status"_s);
    column->addWidget(m_xrayStatus);
    m_tokens = new TokenView;
    m_tokens->setObjectName(u"data.xray.tokens"_s);
    column->addWidget(m_tokens, 1);
    m_token = new Card;
    m_token->setObjectName(u"data.xray.token"_s);
    auto* top = new QHBoxLayout;
    m_tokenText = new Label({}, FontRole::Body, Tone::Accent);
    m_tokenText->setFont(theme.mono());
    m_tokenText->setTextFormat(Qt::PlainText);
    m_tokenFate = new Pill;
    top->addWidget(m_tokenText);
    top->addStretch(1);
    top->addWidget(m_tokenFate);
    m_token->column()->addLayout(top);
    m_token->column()->setSpacing(theme.u(1));
    const auto line = [&](const QString& name, Label*& value) {
        auto* row = new QHBoxLayout;
        row->addWidget(new Label(name, FontRole::Body, Tone::Text2));
        row->addStretch(1);
        value = new Label({});
        row->addWidget(value);
        m_token->column()->addLayout(row);
    };
    line(tr("Token id"), m_tokenId);
    line(tr("Belongs to"), m_tokenFrom);
    line(tr("Bytes"), m_tokenLoss);
    m_token->hide();
    column->addWidget(m_token);
    column->addWidget(new Hairline);
    auto* why = new QHBoxLayout;
    why->addWidget(new Label(tr("Why is this trained?"), FontRole::BodyMedium));
    why->addStretch(1);
    auto* change = makeButton(ButtonKind::Link, tr("Change"), u"data.xray.change"_s);
    change->setAccessibleName(tr("Change what is trained"));
    connect(change, &QPushButton::clicked, this, &InspectorView::recipeWanted);
    why->addWidget(change);
    column->addLayout(why);
    m_why = new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes);
    m_why->setObjectName(u"data.xray.why"_s);
    column->addWidget(m_why);
    auto* pick = new QHBoxLayout;
    m_model = new QComboBox;
    m_model->setObjectName(u"data.xray.model"_s);
    m_model->setAccessibleName(tr("Model to look through"));
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_model->setMinimumContentsLength(12);
    m_template = new QComboBox;
    m_template->setObjectName(u"data.xray.template"_s);
    m_template->setAccessibleName(tr("Chat template to look through"));
    m_template->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_template->setMinimumContentsLength(8);
    pick->addWidget(m_model, 1);
    pick->addWidget(m_template, 1);
    column->addLayout(pick);
    connect(m_tokens, &TokenView::currentChanged, this, &InspectorView::showToken);
    connect(m_model, &QComboBox::activated, this,
            [this](int at) { m_inspector.xray().setModel(m_model->itemData(at).toString()); });
    connect(m_template, &QComboBox::activated, this,
            [this](int at) { m_inspector.xray().setTemplate(m_template->itemData(at).toString()); });
    return page;
}

void InspectorView::refreshXray() {
    RowXray& xray = m_inspector.xray();
    const XrayFacts& facts = xray.facts();
    const bool has = xray.row().has_value() && facts.fault.isEmpty();
    m_legend->setVisible(has);
    m_tokens->setVisible(has);
    m_trained->setText(Format::exactCount(facts.trained));
    m_context->setText(Format::exactCount(facts.context));
    m_special->setText(Format::exactCount(facts.special));
    m_cut->setText(Format::exactCount(facts.cut));
    m_xrayStatus->setText(xray.reading() && !has ? tr("Reading the row as the model does…") : facts.fault);
    m_xrayStatus->setVisible(!m_xrayStatus->text().isEmpty());
    m_why->setText(facts.why);
    if (has && !xray.reading()) {
        m_tokens->setTokens(xray.row()->tokens);
        showToken(-1);
    }
    const QSignalBlocker quietModel(m_model);
    const QSignalBlocker quietTemplate(m_template);
    m_model->clear();
    for (const QString& name : xray.models()) {
        m_model->addItem(m_presenter.workspace().modelTitle(name), name);
    }
    m_model->setCurrentIndex(std::max(0, m_model->findData(xray.modelInUse())));
    m_template->clear();
    m_template->addItem(tr("Model’s template"), u"model"_s);
    m_template->addItem(tr("No template"), u"none"_s);
    const QString now = xray.templateInUse();
    if (m_template->findData(now) < 0 && !now.isEmpty()) {
        m_template->addItem(now.section(u'/', -1), now);
    }
    m_template->setCurrentIndex(std::max(0, m_template->findData(now)));
}

void InspectorView::showToken(int index) {
    // In a low window the tokens need the room; hovering says the same.
    m_token->setVisible(index >= 0 && index < m_tokens->tokens().size() && m_stack->height() >= Theme::current().u(95));
    if (m_token->isHidden()) {
        return;
    }
    const TokenItem& token = m_tokens->tokens()[index];
    m_tokenText->setText(TokenView::shownText(token.bytes));
    m_tokenFate->setState(token.fate == TokenFate::Trained   ? tr("trained")
                          : token.fate == TokenFate::Context ? tr("context")
                                                             : tr("cut"),
                          token.fate == TokenFate::Trained ? State::Accent
                          : token.fate == TokenFate::Cut   ? State::Bad
                                                           : State::Neutral);
    m_tokenId->setText(QString::number(token.id));
    m_tokenFrom->setText(token.message < 0                  ? tr("the template")
                         : token.kind == TokenKind::Special ? tr("message %1, special token").arg(token.message + 1)
                                                            : tr("message %1").arg(token.message + 1));
    m_tokenLoss->setText(QString::fromLatin1(token.bytes.left(16).toHex(' ').toUpper()));
}

} // namespace fettle::ui
