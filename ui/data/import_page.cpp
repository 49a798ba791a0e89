#include "data/import_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "data/conversation_view.h"
#include "data/row_words.h"
#include "widgets/icons.h"
#include "widgets/table.h"

#include <QComboBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::ColumnRole;

namespace {

constexpr unsigned kShownColumns = 60;

QString formatWord(const QString& format) {
    return format == u"auto"                ? ImportPage::tr("Detect")
           : format == u"chat"              ? ImportPage::tr("Conversations (messages)")
           : format == u"prompt_completion" ? ImportPage::tr("Prompt and completion")
           : format == u"preference"        ? ImportPage::tr("Preferences")
           : format == u"feedback"          ? ImportPage::tr("Feedback")
           : format == u"text"              ? ImportPage::tr("Plain texts")
           : format == u"prompt_only"       ? ImportPage::tr("Prompts alone")
           : format == u"ids"               ? ImportPage::tr("Token ids")
           : format == u"alpaca"            ? u"Alpaca"_s
           : format == u"sharegpt"          ? u"ShareGPT"_s
                                            : format.toUpper();
}

QString roleWord(ColumnRole role) {
    switch (role) {
    case ColumnRole::System:
        return ImportPage::tr("system");
    case ColumnRole::User:
        return ImportPage::tr("user");
    case ColumnRole::Assistant:
        return ImportPage::tr("answer");
    case ColumnRole::Text:
        return ImportPage::tr("text");
    case ColumnRole::Chosen:
        return ImportPage::tr("chosen answer");
    case ColumnRole::Rejected:
        return ImportPage::tr("rejected answer");
    case ColumnRole::Label:
        return ImportPage::tr("label");
    case ColumnRole::Metadata:
        return ImportPage::tr("kept as metadata");
    case ColumnRole::Ignore:
        return ImportPage::tr("left out");
    case ColumnRole::None:
        break;
    }
    return ImportPage::tr("as the format says");
}

} // namespace

ImportPage::ImportPage(const ShellContext& context, ImportPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_header(new PageHeader({}, {}))
    , m_back(makeButton(ButtonKind::Ghost, tr("Back to the rows"), u"import.back"_s, u"left"_s))
    , m_other(makeButton(ButtonKind::Plain, tr("Other file"), u"import.other"_s, u"open"_s))
    , m_import(makeButton(ButtonKind::Primary, tr("Import"), u"import.start"_s, u"import"_s))
    , m_error(new InlineError(u"import.error"_s))
    , m_mapping(new Card)
    , m_format(new QComboBox)
    , m_split(new QComboBox)
    , m_gone(new QComboBox)
    , m_goneRow(new QWidget)
    , m_grid(nullptr)
    , m_previewTitle(new Label({}, FontRole::BodyMedium))
    , m_previous(makeButton(ButtonKind::Icon, tr("Row before"), u"import.previous"_s, u"up"_s))
    , m_next(makeButton(ButtonKind::Icon, tr("Next row"), u"import.next"_s, u"down"_s))
    , m_bubbles(new ConversationView(ConversationView::Edits::No, u"import.bubble"_s))
    , m_faults(new Card)
    , m_faultTitle(new Label({}, FontRole::BodyMedium))
    , m_faultTable(new DataTable(u"import.faults"_s, tr("Rows that cannot be read")))
    , m_faultModel(new QStandardItemModel(this))
    , m_save(makeButton(ButtonKind::Plain, tr("Save list"), u"import.save"_s))
    , m_counts(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_progress(new ProgressRow(tr("Importing"), u"import.progress"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(u"import"_s);
    setAccessibleName(tr("Import"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    column->setSpacing(theme.u(3));
    m_header->addAction(m_back);
    m_header->addAction(m_other);
    column->addWidget(m_header);
    column->addWidget(m_error);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(theme.u(4));
    // left: format, columns
    auto* left = new QVBoxLayout;
    m_mapping->addHeading(tr("What becomes what"));
    const auto row = [&](const QString& name, QComboBox* box, const QString& object) {
        auto* line = new QHBoxLayout;
        auto* label = new Label(name, FontRole::Body, Tone::Text2);
        label->setMinimumWidth(theme.u(28));
        line->addWidget(label);
        line->addWidget(box, 1);
        box->setObjectName(object);
        box->setAccessibleName(name);
        label->setBuddy(box);
        return line;
    };
    for (const QString& format : ImportPresenter::formats()) {
        m_format->addItem(formatWord(format), format);
    }
    m_mapping->column()->addLayout(row(tr("Format"), m_format, u"import.format"_s));
    for (const project::Split split :
         {project::Split::Train, project::Split::Validation, project::Split::Test, project::Split::None}) {
        m_split->addItem(RowWords::split(split), int(split));
    }
    m_mapping->column()->addLayout(row(tr("New rows go to"), m_split, u"import.split"_s));
    m_gone->addItem(tr("leave the project, their history stays"), int(project::ImportRequest::Gone::Remove));
    m_gone->addItem(tr("stay as they are"), int(project::ImportRequest::Gone::Keep));
    auto* gone = new QVBoxLayout(m_goneRow);
    gone->setContentsMargins(0, 0, 0, 0);
    gone->addLayout(row(tr("Rows no longer in the file"), m_gone, u"import.gone"_s));
    m_mapping->column()->addWidget(m_goneRow);
    m_mapping->column()->addWidget(new Hairline);
    auto* columns = new PageBody;
    columns->setObjectName(u"import.columns"_s);
    columns->column()->setContentsMargins(0, 0, 0, 0);
    m_grid = new QGridLayout;
    m_grid->setHorizontalSpacing(theme.u(3));
    m_grid->setVerticalSpacing(theme.u(1.5));
    m_grid->setColumnStretch(1, 1);
    columns->column()->addLayout(m_grid);
    columns->column()->addStretch(1);
    m_mapping->column()->addWidget(columns, 1);
    left->addWidget(m_mapping, 1);
    middle->addLayout(left, 5);
    // right: first rows
    auto* preview = new Card;
    auto* head = new QHBoxLayout;
    m_previewTitle->setObjectName(u"import.row"_s);
    head->addWidget(m_previewTitle);
    head->addStretch(1);
    head->addWidget(m_previous);
    head->addWidget(m_next);
    preview->column()->addLayout(head);
    auto* body = new PageBody;
    body->setObjectName(u"import.preview"_s);
    body->column()->setContentsMargins(0, 0, 0, 0);
    body->column()->addWidget(m_bubbles);
    body->column()->addStretch(1);
    preview->column()->addWidget(body, 1);
    middle->addWidget(preview, 6);
    column->addLayout(middle, 3);
    // rows that cannot be read
    auto* faultHead = new QHBoxLayout;
    auto* sign = new QLabel;
    sign->setPixmap(themeIcon(u"warn"_s, Token::Warn).pixmap(theme.u(4.5), theme.u(4.5)));
    faultHead->addWidget(sign);
    m_faultTitle->setObjectName(u"import.rejected"_s);
    faultHead->addWidget(m_faultTitle);
    faultHead->addStretch(1);
    faultHead->addWidget(m_save);
    m_faults->column()->addLayout(faultHead);
    m_faultModel->setHorizontalHeaderLabels({tr("Line"), tr("Key"), tr("Reason")});
    m_faultTable->setModel(m_faultModel);
    m_faultModel->setHeaderData(0, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
    m_faultTable->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_faultTable->setColumnSamples({u"1,000,000"_s, u"messages[1].content"_s, {}}, 2);
    m_faults->column()->addWidget(m_faultTable, 1);
    column->addWidget(m_faults, 2);
    auto* foot = new QHBoxLayout;
    m_counts->setObjectName(u"import.counts"_s);
    foot->addWidget(m_counts, 1);
    foot->addWidget(m_import);
    column->addWidget(m_progress);
    column->addLayout(foot);

    connect(m_back, &QPushButton::clicked, this, &ImportPage::left);
    connect(m_other, &QPushButton::clicked, this, &ImportPage::chooseOther);
    connect(m_import, &QPushButton::clicked, &presenter, &ImportPresenter::start);
    connect(m_progress, &ProgressRow::cancelled, &presenter, &ImportPresenter::cancel);
    connect(m_save, &QPushButton::clicked, this, &ImportPage::saveList);
    connect(m_previous, &QPushButton::clicked, this, [this] { showRow(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { showRow(1); });
    connect(m_format, &QComboBox::activated, &presenter,
            [this](int at) { m_presenter.setFormat(m_format->itemData(at).toString()); });
    connect(m_split, &QComboBox::activated, &presenter,
            [this](int at) { m_presenter.setSplit(static_cast<project::Split>(m_split->itemData(at).toInt())); });
    connect(m_gone, &QComboBox::activated, &presenter, [this](int at) {
        m_presenter.setGone(static_cast<project::ImportRequest::Gone>(m_gone->itemData(at).toInt()));
    });
    connect(&presenter, &ImportPresenter::changed, this, &ImportPage::refresh);
    connect(&presenter, &ImportPresenter::previewChanged, this, &ImportPage::refreshPreview);
    connect(&presenter, &ImportPresenter::failed, this, [this](const QString& action, const Error& error) {
        const ErrorText text = describe(error);
        m_error->setError(tr("%1 failed: %2").arg(action, text.what), text.meaning, text.details);
    });
    connect(&presenter, &ImportPresenter::listSaved, this, [this](const QString& path, qint64 rows) {
        Q_EMIT toast(tr("%1 row(s) written to %2", nullptr, static_cast<int>(rows))
                         .arg(Format::exactCount(rows), QFileInfo(path).fileName()),
                     {}, {});
    });
    refresh();
    refreshPreview();
}

QWidget* ImportPage::firstFocus() const {
    return m_import->isEnabled() ? static_cast<QWidget*>(m_import) : m_format;
}

void ImportPage::refresh() {
    const ImportState state = m_presenter.state();
    using Phase = ImportState::Phase;
    m_header->setTitle(state.file.isEmpty() ? tr("Import") : tr("Import %1").arg(state.file));
    m_header->setSentence(state.phase == Phase::Looking ? tr("Looking at the file…") : state.facts);
    const bool busy = state.phase == Phase::Importing;
    m_progress->setVisible(busy);
    if (busy) {
        m_progress->setProgress(state.fraction, state.progress, state.timeLeft);
    }
    for (QWidget* each : {static_cast<QWidget*>(m_format), static_cast<QWidget*>(m_split),
                          static_cast<QWidget*>(m_gone), static_cast<QWidget*>(m_other)}) {
        each->setEnabled(!busy);
    }
    m_goneRow->setVisible(state.known);
    m_counts->setText(state.counts);
    m_import->setText(state.button.isEmpty() ? tr("Import") : state.button);
    m_import->setEnabled(state.canImport);
    m_faults->setVisible(!state.rejected.isEmpty());
    m_faultTitle->setText(state.rejected);
    if (m_presenter.error()) {
        const ErrorText text = describe(*m_presenter.error());
        m_error->setError(tr("The file was not imported. %1").arg(text.what),
                          tr("Nothing was changed. %1").arg(text.meaning), text.details);
        m_error->setRepair(tr("Try again"), [this] { m_presenter.open(m_presenter.state().path); });
    } else if (state.phase == Phase::Unusable) {
        m_error->setError(tr("No row of this file can be used. %1").arg(state.problem), state.remedy);
        m_error->setRepair(tr("Other file"), [this] { chooseOther(); });
    } else {
        m_error->setError({});
    }
    const QSignalBlocker quietSplit(m_split);
    m_split->setCurrentIndex(m_split->findData(int(m_presenter.request().split)));
    const QSignalBlocker quietGone(m_gone);
    m_gone->setCurrentIndex(m_gone->findData(int(m_presenter.request().gone)));
    const QSignalBlocker quietFormat(m_format);
    m_format->setCurrentIndex(std::max(0, m_format->findData(qs(m_presenter.request().format))));
}

void ImportPage::refreshPreview() {
    const std::optional<project::ImportPreview>& preview = m_presenter.preview();
    QStringList names;
    if (preview) {
        for (const project::ColumnUse& use : preview->columns) {
            names << qs(use.column);
        }
    }
    if (property("columns").toStringList() != names || m_gridWidgets.isEmpty()) {
        setProperty("columns", names);
        for (QWidget* widget : std::as_const(m_gridWidgets)) {
            widget->hide();
            widget->deleteLater();
        }
        m_gridWidgets.clear();
        for (std::size_t i = 0; preview && i < std::min<std::size_t>(preview->columns.size(), kShownColumns); ++i) {
            auto* name = new ElidedLabel(qs(preview->columns[i].column));
            name->setMinimumWidth(Theme::current().u(26));
            auto* role = new QComboBox;
            role->setObjectName(u"import.role.%1"_s.arg(i));
            role->setAccessibleName(tr("Column %1 becomes").arg(qs(preview->columns[i].column)));
            for (int each = int(ColumnRole::None); each <= int(ColumnRole::Ignore); ++each) {
                role->addItem(roleWord(static_cast<ColumnRole>(each)), each);
            }
            connect(role, &QComboBox::activated, &m_presenter, [this, role, at = static_cast<int>(i)](int index) {
                m_presenter.setRole(at, static_cast<ColumnRole>(role->itemData(index).toInt()));
            });
            m_grid->addWidget(name, static_cast<int>(i), 0);
            m_grid->addWidget(role, static_cast<int>(i), 1);
            m_gridWidgets << name << role;
        }
    }
    for (std::size_t i = 0; preview && i < preview->columns.size(); ++i) {
        if (auto* role = findChild<QComboBox*>(u"import.role.%1"_s.arg(i))) {
            const QSignalBlocker quiet(role);
            role->setCurrentIndex(
                role->findData(int(m_presenter.asFormatSays() ? ColumnRole::None : preview->columns[i].role)));
        }
    }
    m_faultModel->removeRows(0, m_faultModel->rowCount());
    for (std::size_t i = 0; preview && i < preview->faults.size(); ++i) {
        const data::RowFault& fault = preview->faults[i];
        if (fault.severity != data::Severity::Error) {
            continue;
        }
        auto* line = new QStandardItem(fault.line > 0 ? Format::exactCount(fault.line) : Format::unknown());
        line->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        auto* reason = new QStandardItem(qs(fault.reason));
        reason->setToolTip(qs(fault.reason));
        m_faultModel->appendRow({line, new QStandardItem(qs(fault.key)), reason});
    }
    showRow(0);
}

void ImportPage::showRow(int by) {
    const std::optional<project::ImportPreview>& preview = m_presenter.preview();
    const int count = preview ? static_cast<int>(preview->first.size()) : 0;
    m_row = count == 0 ? 0 : std::clamp(m_row + by, 0, count - 1);
    m_previous->setEnabled(m_row > 0);
    m_next->setEnabled(m_row + 1 < count);
    if (count == 0) {
        m_previewTitle->setText(tr("First rows"));
        m_bubbles->setMessages({});
        return;
    }
    const data::Sample& sample = preview->first[static_cast<std::size_t>(m_row)];
    m_previewTitle->setText(
        tr("Row %1 of the first %2 · line %3")
            .arg(Format::exactCount(m_row + 1), Format::exactCount(count), Format::exactCount(sample.line)));
    m_bubbles->setMessages(messagesOf(sample));
}

void ImportPage::chooseOther() {
    m_context.dialogs.openFile(
        this,
        {.title = tr("Import rows"),
         .folder = QFileInfo(m_presenter.state().path).path(),
         .filters = {tr("Rows (*.jsonl *.json *.csv *.tsv *.txt *.parquet)"), tr("All files (*)")}},
        [this](const QString& file) {
            if (!file.isEmpty()) {
                m_presenter.open(file);
            }
        });
}

void ImportPage::saveList() {
    const QString base = QFileInfo(m_presenter.state().path).completeBaseName();
    m_context.dialogs.saveFile(this,
                               {.title = tr("Save the list of rows that cannot be read"),
                                .folder = QFileInfo(m_presenter.state().path).path(),
                                .filters = {tr("Table (*.csv)")}},
                               tr("%1 faults.csv").arg(base), [this](const QString& file) {
                                   if (!file.isEmpty()) {
                                       m_presenter.saveList(file);
                                   }
                               });
}

} // namespace fettle::ui
