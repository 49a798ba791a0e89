#include "train/samples_over_time_view.h"

#include "bridge/strings.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QTextLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kMostLines = 6;

/// Lays an answer out in lines of a width; marks stand on its new words. Returns the height.
double layOutAnswer(QTextLayout& layout, double width, int mostLines) {
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    double y = 0;
    for (int lines = 0; lines < mostLines; ++lines) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) {
            break;
        }
        line.setLineWidth(width);
        line.setPosition(QPointF(0, y));
        y += line.height();
    }
    layout.endLayout();
    return y;
}

QString shown(const QString& text) {
    QString out = text.trimmed();
    out.replace(u'\n', QChar::LineSeparator);
    return out.isEmpty() ? QStringLiteral("–") : out;
}

/// Paints the answer with its new words underlined on a tint; everything else as the house's delegate does.
class AnswerDelegate : public TableDelegate {
public:
    using TableDelegate::TableDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        if (index.column() != AnswersModel::Answer) {
            TableDelegate::paint(painter, option, index);
            return;
        }
        const Theme& theme = Theme::current();
        const bool selected = (option.state & QStyle::State_Selected) != 0;
        const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
        painter->save();
        painter->setClipRect(option.rect);
        painter->fillRect(option.rect.adjusted(0, 0, 0, -1), theme.color(selected  ? Token::Selected
                                                                         : hovered ? Token::Hover
                                                                                   : Token::Surface));
        const double pixel = 1 / painter->device()->devicePixelRatioF();
        painter->fillRect(QRectF(option.rect.left(), option.rect.bottom() + 1 - pixel, option.rect.width(), pixel),
                          theme.color(Token::Line));
        const AnswersModel& model = *qobject_cast<const AnswersModel*>(index.model());
        const AnswerAtStep& answer = model.answers().answers[index.row()];
        QTextLayout layout(shown(answer.text), theme.mono(FontRole::Caption));
        QVector<QTextLayout::FormatRange> marks;
        const qsizetype lead =
            answer.text.size() - answer.text.trimmed().size() == 0 ? 0 : answer.text.indexOf(answer.text.trimmed());
        qsizetype at = -lead;
        for (const AnswerPart& part : answer.parts) {
            if (part.changed) {
                // The blanks before the first new word are not new.
                qsizetype skip = 0;
                while (skip < part.text.size() && part.text[skip].isSpace()) {
                    ++skip;
                }
                QTextLayout::FormatRange range;
                range.start = static_cast<int>(std::max<qsizetype>(0, at + skip));
                range.length = static_cast<int>(part.text.size() - skip);
                range.format.setBackground(theme.color(Token::AccentTint));
                range.format.setFontUnderline(true);
                range.format.setForeground(theme.color(Token::Accent));
                marks.append(range);
            }
            at += part.text.size();
        }
        layout.setFormats(marks);
        layOutAnswer(layout, option.rect.width() - 2 * theme.u(2), kMostLines);
        painter->setPen(theme.color(answer.step ? Token::Text : Token::Text2));
        layout.draw(painter, QPointF(option.rect.left() + theme.u(2), option.rect.top() + theme.u(1.5)));
        painter->restore();
    }
};

} // namespace

void AnswersModel::setAnswers(const PromptAnswers& answers) {
    // New evaluations come at the end: rows that stay keep their place and the selection.
    const bool grown = answers.id == m_answers.id && answers.prompt == m_answers.prompt &&
                       answers.answers.size() >= m_answers.answers.size() && !m_answers.answers.isEmpty() &&
                       answers.answers[m_answers.answers.size() - 1].step == m_answers.answers.back().step &&
                       answers.answers[m_answers.answers.size() - 1].text == m_answers.answers.back().text;
    if (grown && answers.answers.size() > m_answers.answers.size()) {
        beginInsertRows({}, static_cast<int>(m_answers.answers.size()), static_cast<int>(answers.answers.size()) - 1);
        m_answers = answers;
        endInsertRows();
    } else if (!grown) {
        beginResetModel();
        m_answers = answers;
        endResetModel();
    }
}

int AnswersModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_answers.answers.size());
}

int AnswersModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : Columns;
}

QVariant AnswersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (section == Step ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Step:
        return tr("Step");
    case Answer:
        return tr("Answer");
    default:
        return tr("As wanted");
    }
}

QVariant AnswersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_answers.answers.size()) {
        return {};
    }
    const AnswerAtStep& answer = m_answers.answers[index.row()];
    const QString step = answer.step ? Format::exactCount(*answer.step) : tr("base");
    const QString right = answer.right ? *answer.right ? tr("yes") : tr("no") : QString();
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == Step ? step : index.column() == Answer ? shown(answer.text) : right;
    case CopyRole:
        return index.column() == Step     ? (answer.step ? QString::number(*answer.step) : u"base"_s)
               : index.column() == Answer ? answer.text.simplified()
                                          : right;
    case Qt::ToolTipRole:
        return index.column() == Answer && answer.text.size() > 80 ? answer.text : QVariant();
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter | (index.column() == Step ? Qt::AlignRight : Qt::AlignLeft));
    case PillRole:
        return index.column() == Right && answer.right
                   ? QVariant(static_cast<int>(*answer.right ? State::Ok : State::Bad))
                   : QVariant();
    case Qt::AccessibleTextRole: {
        if (index.column() != Answer) {
            return {};
        }
        QStringList fresh;
        for (const AnswerPart& part : answer.parts) {
            if (part.changed) {
                fresh << part.text.trimmed();
            }
        }
        return fresh.isEmpty() ? shown(answer.text)
                               : tr("%1. New: %2").arg(answer.text.simplified(), fresh.join(u", "_s));
    }
    default:
        return {};
    }
}

SamplesOverTimeView::SamplesOverTimeView(RunPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_prompt(new QComboBox)
    , m_asked(new Label({}, FontRole::Body, Tone::Text, Wrap::Yes))
    , m_expected(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_empty(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_note(new Label(tr("Underlined words are new since the answer before. The prompts are part of the recipe "
                          "(Evaluation, Sample prompts); without any, validation rows are asked."),
                       FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_card(new Card)
    , m_table(new DataTable(u"inside.samples.table"_s, tr("Answers over time")))
    , m_model(new AnswersModel(this)) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));
    column->addWidget(m_empty);
    m_card->setObjectName(u"inside.samples"_s);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.u(2));
    head->addWidget(new Label(tr("Prompt"), FontRole::BodyStrong));
    m_prompt->setObjectName(u"inside.samples.prompt"_s);
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_prompt->setMinimumContentsLength(24);
    head->addWidget(m_prompt, 1);
    m_card->column()->addLayout(head);
    m_asked->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_expected->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_card->column()->addWidget(m_asked);
    m_card->column()->addWidget(m_expected);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new AnswerDelegate(m_table));
    m_table->setColumnSamples({u"1,000,000"_s, u"An answer of some words"_s, tr("As wanted")}, AnswersModel::Answer);
    m_table->setMinimumHeight(theme.u(70));
    m_card->column()->addWidget(m_table, 1);
    m_card->column()->addWidget(m_note);
    column->addWidget(m_card, 1);
    connect(m_prompt, qOverload<int>(&QComboBox::activated), this, &SamplesOverTimeView::showPrompt);
    connect(&presenter, &RunPresenter::seriesChanged, this, &SamplesOverTimeView::refresh);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &SamplesOverTimeView::fitRows);
    connect(m_model, &QAbstractItemModel::modelReset, this, &SamplesOverTimeView::fitRows);
    refresh();
}

QWidget* SamplesOverTimeView::firstFocus() const {
    return m_prompt->isVisibleTo(this) ? static_cast<QWidget*>(m_prompt) : const_cast<SamplesOverTimeView*>(this);
}

void SamplesOverTimeView::refresh() {
    const std::shared_ptr<const RunSeries> series = m_presenter.series();
    // Words are compared again only when there are other answers.
    QString key = m_presenter.folder();
    if (series != nullptr && !series->samples.empty()) {
        key += u'|' % QString::number(series->samples.size()) % u'|' % QString::number(series->samples.back().step) %
               u'|' % QString::number(series->resumes);
    }
    if (key == m_key) {
        return;
    }
    m_key = key;
    m_prompts = series != nullptr ? samplesOverTime(series->samples) : QVector<PromptAnswers>();
    m_empty->setVisible(m_prompts.isEmpty());
    m_card->setVisible(!m_prompts.isEmpty());
    m_empty->setText(m_presenter.state().live ? tr("Answers appear here at each evaluation.")
                                              : tr("This run had no evaluation with samples."));
    QStringList titles;
    for (const PromptAnswers& prompt : std::as_const(m_prompts)) {
        titles << prompt.prompt.simplified().left(120);
    }
    QStringList present;
    for (int i = 0; i < m_prompt->count(); ++i) {
        present << m_prompt->itemText(i);
    }
    if (titles != present) {
        m_prompt->clear();
        m_prompt->addItems(titles);
    }
    showPrompt();
}

void SamplesOverTimeView::showPrompt() {
    const int index = std::max(0, m_prompt->currentIndex());
    if (index >= m_prompts.size()) {
        m_model->setAnswers({});
        return;
    }
    const PromptAnswers& prompt = m_prompts[index];
    m_asked->setText(prompt.prompt.trimmed());
    m_asked->setVisible(prompt.prompt.size() > 60 || prompt.prompt.contains(u'\n'));
    m_expected->setText(tr("Wanted: %1").arg(prompt.expected.trimmed()));
    m_expected->setVisible(!prompt.expected.isEmpty());
    m_model->setAnswers(prompt);
    m_table->setColumnHidden(AnswersModel::Right, prompt.expected.isEmpty());
}

void SamplesOverTimeView::fitRows() {
    const Theme& theme = Theme::current();
    const double width = m_table->columnWidth(AnswersModel::Answer) - 2 * theme.u(2);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        QTextLayout layout(shown(m_model->answers().answers[row].text), theme.mono(FontRole::Caption));
        const double height = layOutAnswer(layout, std::max(40.0, width), kMostLines) + 2 * theme.u(1.5);
        m_table->verticalHeader()->resizeSection(row, std::max(theme.rowHeight(), static_cast<int>(std::ceil(height))));
    }
}

void SamplesOverTimeView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    QMetaObject::invokeMethod(this, &SamplesOverTimeView::fitRows, Qt::QueuedConnection); // columns are fitted first
}

} // namespace fettle::ui
