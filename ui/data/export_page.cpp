#include "data/export_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "workspace/workspace.h"

#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using data::ExportContainer;
using data::ExportReport;

namespace {

constexpr int kShownLosses = 12;

int plural(std::int64_t rows) {
    return static_cast<int>(std::min<std::int64_t>(rows, 1'000'000'000));
}

QString containerWord(ExportContainer container) {
    switch (container) {
    case ExportContainer::Lines:
        return ExportPage::tr("one JSON object a line");
    case ExportContainer::Array:
        return ExportPage::tr("one JSON array");
    case ExportContainer::Csv:
        return u"CSV"_s;
    case ExportContainer::Tsv:
        return u"TSV"_s;
    case ExportContainer::Folder:
        return ExportPage::tr("a folder of files");
    case ExportContainer::Parquet:
        return u"Parquet"_s;
    }
    return {};
}

data::SampleSource sourceOf(project::RowStore& rows, const project::Filter& filter, std::stop_token stop) {
    return [&rows, filter, stop](const std::function<bool(const data::Sample&)>& take) {
        return rows.forEachSample(
            filter, [&take](data::Sample&& sample) { return take(sample); }, stop);
    };
}

} // namespace

ExportPage::ExportPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : SubPage(context, presenter, u"data.export"_s, tr("Export"),
              tr("The file is written whole or not at all. Rejected rows stay out unless you filter for them."), parent)
    , m_rows(new QComboBox)
    , m_format(new QComboBox)
    , m_container(new QComboBox)
    , m_summary(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_result(new Label({}, FontRole::BodyMedium, Tone::Text, Wrap::Yes))
    , m_losses(nullptr)
    , m_progress(new ProgressRow(tr("Writing"), u"data.export.progress"_s))
    , m_write(makeButton(ButtonKind::Primary, tr("Export"), u"data.export.write"_s, u"export"_s)) {
    const Theme& theme = Theme::current();
    auto* body = new PageBody;
    body->setObjectName(u"data.export.body"_s);
    body->column()->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card;
    card->setMaximumWidth(theme.u(190));
    m_rows->setObjectName(u"data.export.rows"_s);
    m_format->setObjectName(u"data.export.format"_s);
    m_container->setObjectName(u"data.export.container"_s);
    for (const data::ExportFormat& format : data::exportFormats()) {
        m_format->addItem(qs(format.title), qs(format.name));
    }
    card->column()->addWidget(new FieldRow(tr("Rows"), {}, m_rows));
    card->column()->addWidget(new FieldRow(tr("Format"), {}, m_format));
    card->column()->addWidget(m_summary);
    card->column()->addWidget(new FieldRow(tr("File"), {}, m_container));
    body->column()->addWidget(card);
    auto* results = new Card;
    results->setMaximumWidth(theme.u(190));
    results->addHeading(tr("What it writes"));
    m_result->setObjectName(u"data.export.result"_s);
    results->column()->addWidget(m_result);
    m_losses = new QVBoxLayout;
    m_losses->setSpacing(theme.u(1.5));
    results->column()->addLayout(m_losses);
    body->column()->addWidget(results);
    body->column()->addStretch(1);
    column()->addWidget(body, 1);
    m_progress->hide();
    column()->addWidget(m_progress);
    auto* foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(m_write);
    column()->addLayout(foot);
    connect(m_rows, &QComboBox::activated, this, &ExportPage::plan);
    connect(m_format, &QComboBox::activated, this, [this] {
        const QSignalBlocker quiet(m_container);
        m_container->setCurrentIndex(0);
        plan();
    });
    connect(m_container, &QComboBox::activated, this, &ExportPage::plan);
    connect(m_write, &QPushButton::clicked, this, &ExportPage::write);
    connect(m_progress, &ProgressRow::cancelled, this, [this] {
        if (m_job != nullptr) {
            m_job->cancel();
        }
    });
}

QWidget* ExportPage::firstFocus() const {
    return m_format;
}

void ExportPage::open() {
    const QSignalBlocker quiet(m_rows);
    m_rows->clear();
    const RowsFacts& facts = presenter().rows().facts();
    for (const project::Split split : {project::Split::Train, project::Split::Validation, project::Split::Test}) {
        if (facts.in(split) > 0) {
            m_rows->addItem(tr("%1, active rows").arg(RowWords::split(split)), QPoint(Split, int(split)));
        }
    }
    m_rows->addItem(tr("All active rows"), QPoint(All, 0));
    if (!presenter().filter().isEverything()) {
        m_rows->addItem(tr("The %1 row(s) that show", nullptr, plural(presenter().table().rowCount()))
                            .arg(Format::exactCount(presenter().table().rowCount())),
                        QPoint(Shown, 0));
    }
    if (presenter().selection().count() > 0) {
        m_rows->addItem(tr("The %1 chosen row(s)", nullptr, plural(presenter().selection().count()))
                            .arg(Format::exactCount(presenter().selection().count())),
                        QPoint(Chosen, 0));
    }
    plan();
}

project::Filter ExportPage::filter() const {
    const QPoint which = m_rows->currentData().toPoint();
    project::Filter filter;
    switch (which.x()) {
    case Shown:
        return presenter().filter();
    case Chosen:
        return presenter().selection().asFilter();
    case Split:
        filter.splits = {static_cast<project::Split>(which.y())};
        break;
    default:
        break;
    }
    filter.states = {project::RowState::Active};
    return filter;
}

data::ExportOptions ExportPage::options() const {
    data::ExportOptions options;
    options.format = us(m_format->currentData().toString());
    if (m_container->currentIndex() > 0) {
        options.container = static_cast<ExportContainer>(m_container->currentData().toInt());
    }
    return options;
}

void ExportPage::plan() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
    const data::ExportFormat* format = data::findExportFormat(us(m_format->currentData().toString()));
    if (format == nullptr) {
        return;
    }
    m_summary->setText(qs(format->summary));
    {
        const QSignalBlocker quiet(m_container);
        const int now = m_container->currentData().toInt();
        const bool chosen = m_container->currentIndex() > 0;
        m_container->clear();
        m_container->addItem(tr("as usual: %1").arg(containerWord(format->container)), int(format->container));
        for (const ExportContainer each : {ExportContainer::Lines, ExportContainer::Array, ExportContainer::Csv,
                                           ExportContainer::Tsv, ExportContainer::Parquet, ExportContainer::Folder}) {
            if (each != format->container) {
                m_container->addItem(containerWord(each), int(each));
            }
        }
        if (chosen) {
            m_container->setCurrentIndex(std::max(0, m_container->findData(now)));
        }
    }
    m_report.reset();
    setDisabledReason(m_write, tr("The rows are being looked at."));
    m_result->setText(tr("Looking at the rows…"));
    for (QWidget* row : std::as_const(m_lossRows)) {
        row->hide();
        row->deleteLater();
    }
    m_lossRows.clear();
    error()->setError({});
    const std::uint64_t mine = ++m_question;
    m_job = presenter().rows().ask<ExportReport>(
        "plan an export", this,
        [filter = filter(), options = options()](project::RowStore& rows, jobs::JobContext& context) {
            data::ExportOptions with = options;
            with.stop = context.stopToken();
            return data::planExport(sourceOf(rows, filter, context.stopToken()), with);
        },
        [this, mine](Result<ExportReport> report) {
            if (mine != m_question) {
                return;
            }
            m_job.reset();
            if (report) {
                m_report = std::move(report).value();
                show(*m_report);
            } else if (report.error().code != ErrorCode::Cancelled) {
                m_result->setText(tr("These rows cannot be written so."));
                error()->setError(qs(report.error().message), qs(report.error().hint));
                setDisabledReason(m_write, tr("These rows cannot be written so."));
            }
        });
}

void ExportPage::show(const ExportReport& report) {
    QStringList parts{tr("%1 of %2 row(s)", nullptr, plural(report.rows))
                          .arg(Format::exactCount(report.written), Format::exactCount(report.rows))};
    if (report.converted > 0) {
        parts << tr("%1 in another shape, nothing lost").arg(Format::exactCount(report.converted));
    }
    if (report.rowsWithLosses > 0) {
        parts << tr("%1 poorer").arg(Format::exactCount(report.rowsWithLosses));
    }
    if (report.refused > 0) {
        parts << tr("%1 left out").arg(Format::exactCount(report.refused));
    }
    if (report.lossless()) {
        parts << tr("reading the file again gives the same rows");
    }
    m_result->setText(parts.join(u" · "_s));
    int shown = 0;
    for (const auto& [key, rows] : report.losses) {
        if (++shown > kShownLosses) {
            break;
        }
        const QString text = qs(key);
        auto* row = new FindingRow(
            State::Warn,
            text.startsWith(u"row: ")
                ? tr("%1 row(s) are left out: %2", nullptr, plural(rows)).arg(Format::exactCount(rows), text.mid(5))
                : tr("%1 row(s) lose %2", nullptr, plural(rows)).arg(Format::exactCount(rows), text),
            {});
        m_losses->addWidget(row);
        m_lossRows.append(row);
    }
    m_write->setText(tr("Export %1 row(s)", nullptr, plural(report.written)).arg(Format::exactCount(report.written)));
    setDisabledReason(m_write, report.written == 0 ? tr("No row can be written in this format.") : QString());
}

void ExportPage::write() {
    if (!m_report) {
        return;
    }
    const data::ExportFormat* format = data::findExportFormat(m_report->format);
    const QString extension = m_report->container == ExportContainer::Csv       ? u".csv"_s
                              : m_report->container == ExportContainer::Tsv     ? u".tsv"_s
                              : m_report->container == ExportContainer::Array   ? u".json"_s
                              : m_report->container == ExportContainer::Parquet ? u".parquet"_s
                              : format != nullptr                               ? qs(format->extension)
                                                                                : u".jsonl"_s;
    const QString name = presenter().workspace().projectName() % extension;
    const auto start = [this](const QString& path) {
        if (path.isEmpty()) {
            return;
        }
        m_progress->show();
        m_progress->setProgress(std::nullopt, tr("%1 rows").arg(Format::exactCount(m_report->written)));
        setDisabledReason(m_write, tr("The file is being written."));
        const std::uint64_t mine = ++m_question;
        m_job = presenter().rows().ask<ExportReport>(
            "export", this,
            [filter = filter(), options = options(), path = us(path)](project::RowStore& rows,
                                                                      jobs::JobContext& context) {
                data::ExportOptions with = options;
                with.stop = context.stopToken();
                // What is lost was shown above the button that was pressed.
                return data::exportRows(sourceOf(rows, filter, context.stopToken()), with, path, true);
            },
            [this, mine, path](Result<ExportReport> report) {
                m_progress->hide();
                m_job.reset();
                if (mine != m_question) {
                    return;
                }
                setDisabledReason(m_write, {});
                if (report) {
                    Q_EMIT left();
                    Q_EMIT toast(tr("%1 row(s) written to %2", nullptr, plural(report->written))
                                     .arg(Format::exactCount(report->written), QFileInfo(path).fileName()),
                                 tr("Show the folder"),
                                 [this, path] { (void)context().dialogs.showFolder(QFileInfo(path).path()); });
                } else {
                    showError(tr("Export"), report.error());
                }
            });
    };
    if (m_report->container == ExportContainer::Folder) {
        context().dialogs.openFolder(this, tr("Export into an empty folder"), {}, start);
    } else {
        context().dialogs.saveFile(this, {.title = tr("Export rows"), .folder = {}, .filters = {tr("All files (*)")}},
                                   name, start);
    }
}

} // namespace fettle::ui
