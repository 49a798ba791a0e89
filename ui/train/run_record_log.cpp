#include "train/run_record_log.h"

#include "bridge/strings.h"
#include "jobs/run_control.h"

#include <QDateTime>

#include <variant>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

QString runLogText(const run::RunHistory& history) {
    QStringList lines;
    for (const run::RunEvent& event : history.events) {
        QString level;
        QString text;
        if (const auto* line = std::get_if<run::LogLine>(&event.body)) {
            level = qs(line->level);
            text = qs(line->text);
        } else if (const auto* state = std::get_if<run::StateChanged>(&event.body)) {
            level = u"state"_s;
            text = QLatin1StringView(jobs::runStateName(state->state));
            if (state->fromStep) {
                text += u" from step "_s % QString::number(*state->fromStep);
            }
            if (!state->reason.empty()) {
                text += u" ("_s % qs(state->reason) % u')';
            }
            if (!state->message.empty()) {
                text += u": "_s % qs(state->message);
            }
        } else if (const auto* saved = std::get_if<run::CheckpointSaved>(&event.body)) {
            level = u"saved"_s;
            text = qs(saved->path) % (saved->best ? u" (best)"_s : QString());
        } else {
            continue;
        }
        lines << QDateTime::fromMSecsSinceEpoch(event.timeMs).toString(u"yyyy-MM-dd HH:mm:ss"_s) % u"  "_s %
                     level.leftJustified(7) % u"  "_s % text;
    }
    return lines.join(u'\n');
}

RunLogReader::RunLogReader(jobs::JobSystem& jobs, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_courier(this) {}

RunLogReader::~RunLogReader() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
}

void RunLogReader::read(const QString& folder) {
    if (m_job != nullptr) {
        m_job->cancel();
    }
    auto text = std::make_shared<QString>(); // written by the job, read after it
    const auto post = m_courier.sender();
    const std::uint64_t number = ++m_number;
    m_job = m_jobs.submit(
        [folder = us(folder), text](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(folder));
            *text = runLogText(history);
            return {};
        },
        {.name = "log of a run",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, text, folder, number](const Result<void>& result) {
             post([this, text, folder, number, result] {
                 if (number != m_number) {
                     return;
                 }
                 m_job.reset();
                 if (result) {
                     Q_EMIT done(folder, *text);
                 } else {
                     Q_EMIT failed(folder, result.error());
                 }
             });
         }});
}

} // namespace fettle::ui
