#include "train/foreign_logs.h"

#include "bridge/strings.h"
#include "jobs/job_system.h"
#include "run/foreign_log.h"
#include "train/chart_metrics.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t kProblemsShown = 20;

ForeignCurve curveOf(const run::ForeignSeries& series) {
    ForeignCurve out;
    out.name = qs(series.name);
    std::vector<std::pair<double, double>> points = series.points;
    std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [step, value] : points) {
        out.step.append(step);
        out.value.append(value);
    }
    return out;
}

} // namespace

Column OverlaidLog::along(XAxis axis, const Column& step) const {
    if (axis == XAxis::Step) {
        return step;
    }
    const auto found = std::find_if(curves.begin(), curves.end(),
                                    [axis](const ForeignCurve& curve) { return isForeignAxis(curve.name, axis); });
    if (found == curves.end() || found->step.isEmpty()) {
        return {};
    }
    // Between two steps that the log places, in proportion; beyond them, where the nearest lies.
    const Column& at = found->step;
    const Column& place = found->value;
    Column out;
    double before = -std::numeric_limits<double>::infinity();
    for (const double s : step) {
        const qsizetype next = at.lowerBound(s);
        double x = 0;
        if (next >= at.size()) {
            x = place.back();
        } else if (at[next] == s || next == 0) {
            x = place[next];
        } else {
            const double share = (s - at[next - 1]) / (at[next] - at[next - 1]);
            x = place[next - 1] + share * (place[next] - place[next - 1]);
        }
        before = std::isfinite(x) ? std::max(before, x) : before; // an axis ascends
        out.append(std::isfinite(before) ? before : 0);
    }
    return out;
}

ForeignLogs::ForeignLogs(jobs::JobSystem& jobs, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_courier(this) {}

int ForeignLogs::freeSlot(const QSet<int>& taken) const {
    for (int slot = 0; slot < 12; ++slot) { // from the seventh on the colours repeat
        const bool used = taken.contains(slot) || std::any_of(m_logs.begin(), m_logs.end(),
                                                              [slot](const auto& log) { return log->slot == slot; });
        if (!used) {
            return slot;
        }
    }
    return m_number % 12;
}

void ForeignLogs::add(const QString& path, const QSet<int>& taken) {
    auto answer = std::make_shared<run::ForeignLog>(); // written by the job, read after it
    auto curves = std::make_shared<QVector<ForeignCurve>>();
    const auto post = m_courier.sender();
    const QString id = u"log%1"_s.arg(++m_number);
    ++m_reading;
    (void)m_jobs.submit(
        [answer, curves, file = us(path)](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(*answer, run::readForeignLog(file));
            for (run::ForeignSeries& series : answer->series) {
                if (!series.points.empty()) {
                    curves->append(curveOf(series));
                }
                series.points = {};
            }
            return {};
        },
        {.name = "read log",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, curves, id, path, taken,
                    generation = m_generation](const Result<void>& result) {
             post([this, answer, curves, id, path, taken, generation, result] {
                 --m_reading;
                 if (generation != m_generation) {
                     return;
                 }
                 LogReport report{id, path, false, 0, 0, {}, {}};
                 if (!result) {
                     if (result.error().code == ErrorCode::Cancelled) {
                         return;
                     }
                     report.failed = true;
                     report.problems.push_back(result.error());
                     m_reports.append(report);
                     Q_EMIT changed();
                     return;
                 }
                 // The same log again takes the place of what was read before.
                 const auto old =
                     std::find_if(m_logs.begin(), m_logs.end(), [&path](const auto& log) { return log->path == path; });
                 const int slot = old != m_logs.end() ? (*old)->slot : freeSlot(taken);
                 if (old != m_logs.end()) {
                     const QString gone = (*old)->id;
                     m_logs.erase(old);
                     dismiss(gone);
                 }
                 auto log = std::make_shared<OverlaidLog>();
                 log->id = id;
                 log->title = qs(answer->title);
                 log->path = path;
                 log->slot = slot;
                 log->diverged = answer->diverged;
                 log->curves = *curves;
                 m_logs.append(std::move(log));
                 if (answer->skipped > 0 || !answer->notes.empty() || answer->overwritten > 0) {
                     report.skipped = answer->skipped;
                     report.overwritten = answer->overwritten;
                     const auto shown = std::min(answer->problems.size(), kProblemsShown);
                     report.problems.assign(answer->problems.begin(),
                                            answer->problems.begin() + static_cast<std::ptrdiff_t>(shown));
                     for (const std::string& note : answer->notes) {
                         report.notes << qs(note);
                     }
                     m_reports.append(report);
                 }
                 Q_EMIT changed();
             });
         }});
}

void ForeignLogs::remove(const QString& id) {
    const auto keep = std::remove_if(m_logs.begin(), m_logs.end(), [&id](const auto& log) { return log->id == id; });
    if (keep != m_logs.end()) {
        m_logs.erase(keep, m_logs.end());
        dismiss(id);
        Q_EMIT changed();
    }
}

void ForeignLogs::dismiss(const QString& id) {
    const auto keep =
        std::remove_if(m_reports.begin(), m_reports.end(), [&id](const LogReport& report) { return report.id == id; });
    if (keep != m_reports.end()) {
        m_reports.erase(keep, m_reports.end());
        Q_EMIT changed();
    }
}

void ForeignLogs::clear() {
    ++m_generation;
    const bool any = !m_logs.isEmpty() || !m_reports.isEmpty();
    m_logs.clear();
    m_reports.clear();
    if (any) {
        Q_EMIT changed();
    }
}

} // namespace fettle::ui
