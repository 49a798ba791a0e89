#include "train/run_record_presenter.h"

#include "jobs/run_control.h"
#include "workspace/workspace.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::RunRecord)
};

/// From this share over the promise on a figure is marked.
constexpr double kFarOff = 0.15;

constexpr std::array kChoices = {run::ArchivedCheckpoints::All, run::ArchivedCheckpoints::Last,
                                 run::ArchivedCheckpoints::Best, run::ArchivedCheckpoints::None};

QString momentText(std::int64_t unixMs) {
    return unixMs <= 0 ? Format::unknown()
                       : QLocale().toString(QDateTime::fromMSecsSinceEpoch(unixMs),
                                            Words::tr("d MMM yyyy, HH:mm:ss", "when a run started or ended"));
}

QString joined(const QStringList& parts) {
    QStringList filled = parts;
    filled.removeAll(QString());
    return filled.join(u", "_s);
}

void add(QVector<RecordLine>& lines, const QString& name, const QString& value, bool mono = false) {
    lines.append({name, value.isEmpty() ? Format::unknown() : value, mono && !value.isEmpty()});
}

RecordFigure figure(const QString& name, double actual, double predicted, bool comparable, bool moreIsWorse,
                    const std::function<QString(double)>& said) {
    RecordFigure out{name, predicted > 0 ? said(predicted) : Format::unknown(),
                     actual > 0 ? said(actual) : Format::unknown(), Format::unknown(), Tone::Text2};
    if (comparable) {
        out.difference = RecordWords::difference(actual, predicted);
        const double off = predicted > 0 && actual > 0 ? actual / predicted - 1 : 0;
        out.tone = (moreIsWorse ? off : -off) > kFarOff ? Tone::Warn : Tone::Text2;
    }
    return out;
}

} // namespace

QString RecordWords::difference(double actual, double predicted) {
    if (!(actual > 0) || !(predicted > 0)) {
        return Format::unknown();
    }
    const double percent = (actual / predicted - 1) * 100;
    const double rounded = std::abs(percent) < 10 ? std::round(percent * 10) / 10 : std::round(percent);
    const QString sign = rounded > 0 ? u"+"_s : rounded < 0 ? u"−"_s : QString();
    const QString number = QLocale().toString(std::abs(rounded), 'f', rounded != 0 && std::abs(rounded) < 10 ? 1 : 0);
    return sign % number % (QLocale().language() == QLocale::Chinese ? u"%"_s : u"\u00A0%"_s);
}

QVector<RecordFigure> RecordWords::figures(const run::RunRecord& record, bool live) {
    const run::Prediction guess = record.predicted.value_or(run::Prediction{});
    const auto bytes = [](double value) { return Format::bytes(static_cast<std::uint64_t>(value)); };
    const auto count = [](double value) { return Format::exactCount(std::llround(value)); };
    return {figure(Words::tr("Peak memory"), static_cast<double>(record.devicePeakBytes.value_or(record.peakBytes)),
                   static_cast<double>(guess.peakBytes), true, true, bytes),
            figure(Words::tr("Time"), record.steps > 0 ? record.seconds : 0, guess.seconds, !live, true,
                   [](double seconds) { return Format::duration(seconds); }),
            figure(Words::tr("Steps"), static_cast<double>(record.steps), static_cast<double>(guess.steps), !live, true,
                   count),
            figure(Words::tr("Speed"), record.tokensPerSecond.value_or(0), guess.tokensPerSecond, true, false,
                   [](double speed) { return Format::tokensPerSecond(speed); })};
}

QString RecordWords::figuresNote(const run::RunRecord& record, bool live) {
    QStringList parts;
    if (live) {
        parts << Words::tr("The run is not over: time and steps are those until now.");
    }
    if (!record.predicted) {
        parts << Words::tr("Nothing was predicted for this run: an older version started it, or the command line "
                           "without a look at its rows.");
    } else {
        parts << (record.predicted->speedMeasured
                      ? Words::tr("The time was predicted from the speed of an earlier run on this machine.")
                      : Words::tr("The time was predicted from the size of the model: no run on this machine had been "
                                  "measured yet."));
    }
    return parts.join(u' ');
}

QVector<RecordSection> RecordWords::origins(const run::RunRecord& record) {
    RecordSection machine{Words::tr("Machine"), {}};
    const run::MachineInfo info = record.machine.value_or(run::MachineInfo{});
    add(machine.lines, Words::tr("Processor"), qs(info.cpu));
    add(machine.lines, Words::tr("Threads and cores"),
        joined({info.threads > 0 ? Words::tr("%Ln thread(s)", nullptr, static_cast<int>(info.threads)) : QString(),
                info.cores > 0 ? Words::tr("%Ln core(s)", nullptr, static_cast<int>(info.cores)) : QString()}));
    QStringList instructions;
    for (const std::string& name : info.instructions) {
        instructions << qs(name);
    }
    add(machine.lines, Words::tr("Instructions"), instructions.join(u' '));
    add(machine.lines, Words::tr("Memory"), info.memoryBytes > 0 ? Format::bytes(info.memoryBytes) : QString());
    add(machine.lines, Words::tr("Operating system"),
        joined({qs(info.system), info.kernel.empty() ? QString() : Words::tr("kernel %1").arg(qs(info.kernel))}));

    RecordSection computed{Words::tr("Computed with"), {}};
    add(computed.lines, u"Fettle"_s, qs(record.version));
    add(computed.lines, u"LibTorch"_s, qs(record.torch));
    add(computed.lines, Words::tr("Device"), qs(record.device));
    add(computed.lines, Words::tr("Precision"), qs(record.computeDtype));
    add(computed.lines, Words::tr("Kernels"), qs(record.kernels));
    add(computed.lines, Words::tr("Threads used"), record.threads > 0 ? Format::exactCount(record.threads) : QString());
    add(computed.lines, Words::tr("Recompute"), qs(record.recompute));
    add(computed.lines, Words::tr("Tokens at once"),
        record.microTokens > 0 ? Format::exactCount(record.microTokens) : QString());

    RecordSection data{Words::tr("Data"), {}};
    add(data.lines, Words::tr("Hash of the rows"), qs(record.dataHash), true);
    add(data.lines, Words::tr("Hash of rows and order"), qs(record.packingHash), true);
    add(data.lines, Words::tr("Training rows"), record.rows > 0 ? Format::exactCount(record.rows) : QString());
    add(data.lines, Words::tr("Tokens an epoch"),
        record.tokensAnEpoch > 0 ? Format::exactCount(record.tokensAnEpoch) : QString());
    return {machine, computed, data};
}

QVector<RecordSection> RecordWords::sections(const run::RunRecord& record, bool live) {
    RecordSection when{Words::tr("This run"), {}};
    add(when.lines, Words::tr("Started"), momentText(record.startedMs));
    add(when.lines, Words::tr("Ended"), live ? Words::tr("not yet") : momentText(record.endedMs));
    add(when.lines, Words::tr("Resumed"),
        record.resumes > 0 ? Words::tr("%Ln time(s)", nullptr, static_cast<int>(record.resumes)) : Words::tr("never"));
    QString again = Words::tr("Yes: the same command, versions and machine give the same numbers.");
    if (!record.bitReproducible) {
        QStringList why;
        for (const std::string& line : record.notReproducible) {
            why << qs(line);
        }
        again = Words::tr("No. The log says: %1").arg(why.join(u' '));
    } else if (record.device.empty()) {
        again.clear(); // it never began to compute
    }
    add(when.lines, Words::tr("Bit-reproducible"), again);
    add(when.lines, Words::tr("Hash of the recipe"), qs(record.recipeHash), true);
    return QVector<RecordSection>{when} + origins(record);
}

// ---------------------------------------------------------------- presenter

RunRecordPresenter::RunRecordPresenter(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this) {
    connect(&workspace, &Workspace::runEnded, this, [this](const QString& folder) {
        if (folder == m_state.folder) {
            readAgain();
        }
    });
}

RunRecordPresenter::~RunRecordPresenter() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
}

void RunRecordPresenter::setShown(bool shown) {
    m_shown = shown;
    // A live run has gone on since.
    if (shown && (!m_fresh || m_state.live)) {
        readAgain();
    }
}

void RunRecordPresenter::show(const QString& folder) {
    if (folder == m_state.folder) {
        return;
    }
    m_state = {};
    m_state.folder = folder;
    m_compared.clear();
    m_fresh = false;
    ++m_number; // an answer about the other run is late
    if (m_job != nullptr) {
        m_job->cancel();
    }
    if (m_shown) {
        readAgain();
    } else {
        Q_EMIT changed();
    }
}

void RunRecordPresenter::readAgain() {
    m_fresh = false;
    if (!m_shown || m_state.folder.isEmpty()) {
        return;
    }
    if (m_job != nullptr) {
        m_job->cancel();
    }
    m_state.reading = true;
    Q_EMIT changed();
    struct Answer {
        run::RunRecord record;
        std::optional<std::string> command;
        std::optional<Error> commandFault;
        QVector<ArchiveChoice> archives;
        std::int64_t checkpoints = 0;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    const std::uint64_t number = ++m_number;
    m_job = m_workspace.jobs().submit(
        [folder = us(m_state.folder), answer](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(answer->record, run::readRunRecord(folder));
            if (context.cancelled()) {
                return makeError(ErrorCode::Cancelled, "cancelled");
            }
            if (Result<std::string> command = run::reproduceCommand(folder)) {
                answer->command = std::move(command).value();
            } else {
                answer->commandFault = command.error();
            }
            for (const run::ArchivedCheckpoints which : kChoices) {
                FETTLE_TRY_VALUE(const run::ArchiveReport report, run::runArchiveContents(folder, which));
                answer->archives.append({which, report.bytes, report.checkpoints});
            }
            answer->checkpoints = static_cast<std::int64_t>(run::listCheckpoints(folder).size());
            return {};
        },
        {.name = "record of a run",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, number](const Result<void>& result) {
             post([this, answer, number, result] {
                 if (number != m_number) {
                     return;
                 }
                 m_job.reset();
                 const QString folder = m_state.folder;
                 m_state = {};
                 m_state.folder = folder;
                 if (!result) {
                     m_state.fault = describe(result.error());
                     Q_EMIT changed();
                     return;
                 }
                 const run::RunRecord& record = answer->record;
                 const jobs::RunState now = jobs::runStateFromName(record.state).value_or(jobs::RunState::None);
                 m_fresh = true;
                 m_state.live = now != jobs::RunState::None && !jobs::isFinal(now);
                 m_state.title = record.name.empty() ? qs(record.id) : qs(record.name);
                 m_state.figures = RecordWords::figures(record, m_state.live);
                 m_state.figuresNote = RecordWords::figuresNote(record, m_state.live);
                 m_state.sections = RecordWords::sections(record, m_state.live);
                 m_state.command = answer->command ? qs(*answer->command) : QString();
                 if (answer->commandFault) {
                     m_state.commandFault = describe(*answer->commandFault);
                 }
                 m_state.archives = answer->archives;
                 m_state.checkpoints = answer->checkpoints;
                 Q_EMIT changed();
             });
         }});
}

QString RunRecordPresenter::text() const {
    QStringList lines{m_state.title, m_state.folder, {}};
    for (const RecordFigure& each : m_state.figures) {
        lines << Words::tr("%1: %2 (predicted %3, difference %4)")
                     .arg(each.name, each.actual, each.predicted, each.difference);
    }
    lines << m_state.figuresNote;
    for (const RecordSection& section : m_state.sections) {
        lines << QString() << section.title;
        for (const RecordLine& line : section.lines) {
            lines << Words::tr("%1: %2", "name: value").arg(line.name, line.value);
        }
    }
    if (!m_state.command.isEmpty()) {
        lines << QString() << m_state.command;
    }
    return lines.join(u'\n') % u'\n';
}

} // namespace fettle::ui
