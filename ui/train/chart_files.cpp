#include "train/chart_files.h"

#include "base/files.h"
#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "plot/chart_export.h"
#include "run/run_csv.h"
#include "workspace/workspace.h"

#include <QBuffer>
#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImage>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kPictureScale = 2;

QString withEnding(const QString& file, const QString& ending) {
    return QFileInfo(file).suffix().isEmpty() ? QString(file % u'.' % ending) : file;
}

} // namespace

ChartFiles::ChartFiles(const ShellContext& context, QWidget* window)
    : QObject(window)
    , m_context(context)
    , m_window(window)
    , m_courier(this) {}

void ChartFiles::write(const QString& file, std::function<Result<QString>()> job) {
    auto answer = std::make_shared<QString>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_context.workspace.jobs().submit(
        [answer, job = std::move(job)](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(*answer, job());
            return {};
        },
        {.name = "save chart",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, file](const Result<void>& result) {
             post([this, answer, file, result] {
                 if (result) {
                     Q_EMIT done(answer->isEmpty() ? tr("Saved as %1").arg(QFileInfo(file).fileName()) : *answer);
                 } else {
                     Q_EMIT m_context.workspace.failed(tr("Saving the chart"), result.error());
                 }
             });
         }});
}

void ChartFiles::save(const Chart& chart, Form form, const QString& name) {
    // What is saved is what stood there when it was asked for.
    const QString ending = form == Form::Png ? u"png"_s : form == Form::Svg ? u"svg"_s : u"csv"_s;
    const QString filter = form == Form::Png   ? tr("Picture (*.png)")
                           : form == Form::Svg ? tr("Drawing (*.svg)")
                                               : tr("Numbers (*.csv)");
    std::function<Result<void>(const std::string&)> make;
    switch (form) {
    case Form::Png:
        make = [image = chart.toImage(kPictureScale)](const std::string& path) -> Result<void> {
            QBuffer buffer;
            buffer.open(QIODevice::WriteOnly);
            if (!image.save(&buffer, "PNG")) {
                return makeError(ErrorCode::Internal, "the picture could not be made").at(path);
            }
            const QByteArray& bytes = buffer.data();
            return writeFileAtomic(path, {bytes.constData(), static_cast<std::size_t>(bytes.size())});
        };
        break;
    case Form::Svg:
        make = [bytes = chart.toSvg()](const std::string& path) {
            return writeFileAtomic(path, {bytes.constData(), static_cast<std::size_t>(bytes.size())});
        };
        break;
    case Form::Csv:
        make = [numbers = numbersOf(chart)](const std::string& path) { return writeChartCsv(path, numbers); };
        break;
    }
    m_context.dialogs.saveFile(m_window, {.title = tr("Save chart"), .folder = {}, .filters = {filter}},
                               name % u'.' % ending, [this, make, ending](const QString& chosen) {
                                   if (chosen.isEmpty()) {
                                       return;
                                   }
                                   const QString file = withEnding(chosen, ending);
                                   write(file, [make, path = us(file)]() -> Result<QString> {
                                       FETTLE_TRY(make(path));
                                       return QString();
                                   });
                               });
}

void ChartFiles::copyPicture(const Chart& chart) {
    QGuiApplication::clipboard()->setImage(chart.toImage(kPictureScale));
}

void ChartFiles::saveRun(const QString& folder, const QString& name) {
    m_context.dialogs.saveFile(
        m_window, {.title = tr("Export numbers of this run"), .folder = {}, .filters = {tr("Numbers (*.csv)")}},
        name % u".csv"_s, [this, folder](const QString& chosen) {
            if (chosen.isEmpty()) {
                return;
            }
            const QString file = withEnding(chosen, u"csv"_s);
            write(file, [path = us(file), from = us(folder), shown = QFileInfo(file).fileName()]() -> Result<QString> {
                FETTLE_TRY_VALUE(const run::CsvReport report, run::writeRunCsv(from, path));
                QStringList parts{tr("%1: %Ln line(s)", nullptr, static_cast<int>(report.lines)).arg(shown)};
                if (report.overwritten > 0) {
                    parts << tr("%Ln that a resume overwrote left out", nullptr, static_cast<int>(report.overwritten));
                }
                if (report.damagedLines + report.unknownLines > 0) {
                    parts << tr("%Ln that could not be read left out", nullptr,
                                static_cast<int>(report.damagedLines + report.unknownLines));
                }
                return parts.join(u" · "_s);
            });
        });
}

} // namespace fettle::ui
