#include "help/help_page.h"

#include "bridge/strings.h"
#include "train/field_words.h"
#include "widgets/frames.h"

#include <QCoreApplication>
#include <QFile>
#include <QHBoxLayout>
#include <QKeySequence>
#include <QListWidget>
#include <QLocale>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextList>
#include <QTextTable>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Plain text inside Markdown.
QString escape(QString s) {
    return s.replace(u'|', u"\\|"_s)
        .replace(u'*', u"\\*"_s)
        .replace(u'_', u"\\_"_s)
        .replace(u'+', u"\\+"_s)
        .replace(u'-', u"\\-"_s);
}

QString keysMarkdown() {
    QString text = u"# "_s % HelpPage::tr("Keys") % u"\n\n"_s;
    const char* group = nullptr;
    const auto head = [&](const char* next) {
        if (group == nullptr || qstrcmp(group, next) != 0) {
            group = next;
            text += u"\n## "_s % Commands::groupName(next) % u"\n\n| "_s % HelpPage::tr("Keys") % u" | "_s %
                    HelpPage::tr("What happens") % u" |\n|:---|:---|\n"_s;
        }
    };
    QVector<std::tuple<const char*, QString, QString>> lines;
    for (const CommandRow& row : commandTable()) {
        QStringList keys;
        for (const QString& key : row.keys()) {
            keys << QKeySequence(key, QKeySequence::PortableText).toString(QKeySequence::NativeText);
        }
        lines.append({row.group, keys.join(u"  "_s), QCoreApplication::translate("fettle::ui::Commands", row.text)});
    }
    for (const KeyLine& line : viewKeyTable()) {
        lines.append(
            {line.group, QString::fromUtf8(line.keys), QCoreApplication::translate("fettle::ui::Commands", line.text)});
    }
    QVector<const char*> groups;
    for (const auto& line : lines) {
        if (std::none_of(groups.begin(), groups.end(),
                         [&line](const char* g) { return qstrcmp(g, std::get<0>(line)) == 0; })) {
            groups.append(std::get<0>(line));
        }
    }
    for (const char* each : groups) {
        for (const auto& [name, keys, what] : lines) {
            if (qstrcmp(name, each) == 0) {
                head(each);
                text += u"| "_s % escape(keys) % u" | "_s % escape(what) % u" |\n"_s;
            }
        }
    }
    return text;
}

/// Every field of the recipe as the field table has it, so that the page cannot fall behind.
QString settingsMarkdown() {
    QString text = u"# "_s % HelpPage::tr("Every setting") % u"\n\n"_s %
                   HelpPage::tr("All settings of a recipe, in the order of the Advanced form. The name in the recipe "
                                "file stands beside the title.") %
                   u"\n"_s;
    for (const recipe::FieldGroup& group : recipe::fieldGroups()) {
        text += u"\n## "_s % FieldWords::group(group) % u"\n"_s;
        for (const recipe::Field& field : recipe::fields()) {
            if (recipe::groupOf(field) != group.key) {
                continue;
            }
            text += u"\n**"_s % escape(FieldWords::title(field)) % u"** `"_s % qs(field.key) % u"`\n\n"_s %
                    escape(FieldWords::help(field)) % u' ' %
                    HelpPage::tr("Possible: %1.").arg(escape(FieldWords::allowed(field)));
            if (!field.input) {
                text += u' ' %
                        HelpPage::tr("At first: %1.").arg(escape(FieldWords::shown(field, recipe::defaultOf(field))));
            }
            text += u"\n"_s;
            for (const QString& end : {FieldWords::high(field), FieldWords::low(field)}) {
                if (!end.isEmpty()) {
                    text += u"\n- "_s % escape(end);
                }
            }
            text += u"\n"_s;
        }
    }
    return text;
}

} // namespace

QVector<HelpTopic> helpTopics() {
    return {{u"today"_s, HelpPage::tr("What Fettle does today")},
            {u"fine-tuning"_s, HelpPage::tr("What fine-tuning is, and when it is worth it")},
            {u"rows"_s, HelpPage::tr("What one row should look like")},
            {u"data"_s, HelpPage::tr("See, judge and repair your rows")},
            {u"labeling"_s, HelpPage::tr("Labeling rows")},
            {u"loss-curve"_s, HelpPage::tr("How to read a loss curve")},
            {u"trouble"_s, HelpPage::tr("When a run does not go well")},
            {u"settings"_s, HelpPage::tr("Every setting")},
            {u"keys"_s, HelpPage::tr("Keys")}};
}

QString helpText(const QString& id) {
    if (id == u"keys") {
        return keysMarkdown();
    }
    if (id == u"settings") {
        return settingsMarkdown();
    }
    const bool chinese = QLocale().language() == QLocale::Chinese;
    for (const QString& language : chinese ? QStringList{u"zh_CN"_s, u"en"_s} : QStringList{u"en"_s}) {
        QFile file(u":/fettle/help/"_s % language % u'/' % id % u".md"_s);
        if (file.open(QIODevice::ReadOnly)) {
            return QString::fromUtf8(file.readAll());
        }
    }
    return {};
}

HelpPage::HelpPage(const ShellContext&, QWidget* parent)
    : Screen(parent)
    , m_list(new QListWidget)
    , m_text(new QTextBrowser) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    column->setSpacing(theme.u(4));
    column->addWidget(new PageHeader(tr("Help"), tr("Short pages, no network needed.")));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(4));
    m_list->setObjectName(u"help.topics"_s);
    m_list->setAccessibleName(tr("Help pages"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setProperty("kind", u"nav"_s);
    int widest = 0;
    for (const HelpTopic& topic : helpTopics()) {
        auto* item = new QListWidgetItem(topic.title, m_list);
        item->setData(Qt::UserRole, topic.id);
        item->setSizeHint(QSize(0, theme.u(8)));
        widest = std::max(widest, m_list->fontMetrics().horizontalAdvance(topic.title));
    }
    m_list->setFixedWidth(widest + theme.u(8));
    row->addWidget(m_list);
    auto* card = new Card;
    card->column()->setContentsMargins(theme.u(6), theme.u(4), theme.u(3), theme.u(4));
    m_text->setObjectName(u"help.text"_s);
    m_text->setAccessibleName(tr("Help page"));
    m_text->setProperty("kind", u"help"_s);
    m_text->setOpenExternalLinks(false);
    m_text->setOpenLinks(false);
    m_text->setFrameShape(QFrame::NoFrame);
    card->column()->addWidget(m_text, 1);
    row->addWidget(card, 1);
    column->addLayout(row, 1);
    connect(m_list, &QListWidget::currentRowChanged, this, &HelpPage::load);
    connect(m_text, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        showPart(url.path().section(u'/', -1).chopped(
            url.path().endsWith(u".md") ? 3 : 0)); // pages link to each other as rows.md
    });
    connect(&Theme::current(), &Theme::changed, this, &HelpPage::load);
    m_list->setCurrentRow(0);
}

QWidget* HelpPage::firstFocus() const {
    return m_list;
}

QString HelpPage::topic() const {
    return m_list->currentItem() == nullptr ? QString() : m_list->currentItem()->data(Qt::UserRole).toString();
}

void HelpPage::showPart(const QString& part) {
    for (int i = 0; i < m_list->count(); ++i) {
        if (m_list->item(i)->data(Qt::UserRole).toString() == part) {
            m_list->setCurrentRow(i);
        }
    }
}

void HelpPage::load() {
    const Theme& theme = Theme::current();
    QTextDocument* document = m_text->document();
    m_text->setMarkdown(helpText(topic()));
    document->setIndentWidth(theme.u(4));
    // Headings in our sizes, paragraphs with air, code on a sunken ground, tables without a grid: Markdown's defaults
    // are a browser's.
    for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format;
        const int level = block.blockFormat().headingLevel();
        const bool code =
            block.blockFormat().hasProperty(QTextFormat::BlockCodeFence) || block.blockFormat().nonBreakableLines();
        const bool chinese = QLocale().language() == QLocale::Chinese;
        format.setLineHeight(code ? 100 : chinese ? 150 : 125, QTextBlockFormat::ProportionalHeight);
        if (level > 0) {
            format.setTopMargin(level == 1 ? 0 : theme.u(4));
            format.setBottomMargin(theme.u(1.5));
            cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
            QTextCharFormat text; // afresh: Markdown's size adjustment would win over any size merged into it
            text.setFont(theme.font(level == 1 ? FontRole::Subject : FontRole::CardHeading));
            cursor.setCharFormat(text);
            cursor.clearSelection();
        } else if (code) {
            const QTextBlock next = block.next();
            const bool last = !next.isValid() || !(next.blockFormat().hasProperty(QTextFormat::BlockCodeFence) ||
                                                   next.blockFormat().nonBreakableLines());
            format.setBackground(theme.color(Token::Sunken));
            format.setBottomMargin(last ? theme.u(2.5) : 0);
        } else if (cursor.currentTable() == nullptr) {
            format.setBottomMargin(theme.u(block.textList() != nullptr ? 1 : 2.5));
        }
        cursor.mergeBlockFormat(format);
    }
    for (QTextFrame* frame : document->rootFrame()->childFrames()) {
        if (auto* table = qobject_cast<QTextTable*>(frame)) {
            QTextTableFormat format = table->format();
            format.setBorder(0);
            format.setCellSpacing(0);
            format.setCellPadding(theme.u(1));
            format.setColumnWidthConstraints(
                {QTextLength(QTextLength::FixedLength, theme.u(40)), QTextLength(QTextLength::VariableLength, 0)});
            table->setFormat(format);
        }
    }
    m_text->moveCursor(QTextCursor::Start);
}

ScreenSpec helpScreen(const ShellContext& context) {
    return {.id = u"help"_s,
            .icon = u"help"_s,
            .command = Command::Help,
            .place = ScreenSpec::Place::Foot,
            .title = [] { return HelpPage::tr("Help"); },
            .make = [context](QWidget* parent) { return new HelpPage(context, parent); },
            .fact = {},
            .sign = {},
            .needsProject = false};
}

} // namespace fettle::ui
