// What the charts of the board hold: curves of the run, of the runs laid over it and of other programs' logs, marks of
// what happened, and what is to be said about logs.
#include "train/chart_board.h"

#include "bridge/strings.h"
#include "settings/settings.h"
#include "train/foreign_logs.h"
#include "widgets/status.h"

#include <QFileInfo>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

const QString kLoss = u"loss"_s;
const QString kTrain = u"train"_s;

/// Series colour of the validation curve: never the run's own.
int validationSlot(int slot) {
    return (slot % 6 + 2) % 6;
}

const Column& axisOf(const RunSeries& series, XAxis axis) {
    switch (axis) {
    case XAxis::Tokens:
        return series.tokens;
    case XAxis::Epoch:
        return series.epoch;
    case XAxis::Time:
        return series.seconds;
    case XAxis::Step:
        break;
    }
    return series.step;
}

const Column& axisOf(const EvalSeries& series, XAxis axis) {
    switch (axis) {
    case XAxis::Tokens:
        return series.tokens;
    case XAxis::Epoch:
        return series.epoch;
    case XAxis::Time:
        return series.seconds;
    case XAxis::Step:
        break;
    }
    return series.step;
}

double placeOf(const StepPlace& place, XAxis axis) {
    switch (axis) {
    case XAxis::Tokens:
        return place.tokens;
    case XAxis::Epoch:
        return place.epoch;
    case XAxis::Time:
        return place.seconds;
    case XAxis::Step:
        break;
    }
    return place.step;
}

/// "Line 812, key “loss”: found text": what a person looks for in the file.
QString problemText(const Error& error) {
    const QString reason = qs(error.message);
    const QString key = qs(error.key);
    if (error.line > 0) {
        const QString line = Format::exactCount(error.line);
        return key.isEmpty() ? ChartBoard::tr("Line %1: %2").arg(line, reason)
                             : ChartBoard::tr("Line %1, key “%2”: %3").arg(line, key, reason);
    }
    return key.isEmpty() ? reason : ChartBoard::tr("Key “%1”: %2").arg(key, reason);
}

} // namespace

QSet<int> ChartBoard::takenSlots() const {
    QSet<int> out;
    if (const RunRow* row = m_context.workspace.runs().find(m_presenter.folder())) {
        out << row->slot << validationSlot(row->slot);
    }
    for (const QString& folder : m_context.workspace.overlays()) {
        if (const RunRow* row = m_context.workspace.runs().find(folder)) {
            out << row->slot;
        }
    }
    return out;
}

QStringList ChartBoard::offered() const {
    QStringList out;
    const auto add = [&out](const QString& id) {
        if (id != kLoss && !out.contains(id)) {
            out << id;
        }
    };
    QVector<std::shared_ptr<const RunSeries>> all{m_presenter.series()};
    for (const QString& folder : m_context.workspace.overlays()) {
        all << m_context.workspace.series(folder);
    }
    for (const QString& id : usualCharts()) {
        add(id);
    }
    for (const std::shared_ptr<const RunSeries>& series : std::as_const(all)) {
        if (series == nullptr) {
            continue;
        }
        for (const std::string_view key : stepKeys()) {
            if (!series->stepColumn(key)->isEmpty()) {
                add(qs(key));
            }
        }
        for (const EvalSeries& eval : series->evaluations) {
            add(evaluationChart(qs(eval.key)));
        }
    }
    for (const auto& log : m_presenter.logs().logs()) {
        for (const ForeignCurve& curve : log->curves) {
            if (const std::optional<ForeignMatch> match = foreignMatch(curve.name)) {
                add(match->chart);
            }
        }
    }
    return out;
}

void ChartBoard::addRun(QVector<Feed>& out, const QString& id, const RunSeries& series, const QString& folder,
                        const QString& title, int slot, bool overlay) const {
    const Column* values = series.stepColumn(us(id));
    if (values != nullptr && !values->isEmpty()) {
        const bool diverged = series.state.state == jobs::RunState::Failed && series.state.reason == "non_finite_loss";
        const CurveSpec spec =
            overlay ? CurveSpec{folder, title, CurveKind::Overlay, slot, true, diverged ? tr("diverged") : QString()}
                    : CurveSpec{kTrain, tr("train"), CurveKind::Raw, slot, false, {}};
        out.append({spec, {axisOf(series, m_axis), *values, series.step}});
    }
    int nth = 0;
    for (const EvalSeries& eval : series.evaluations) {
        if (evaluationChart(qs(eval.key)) != id) {
            continue;
        }
        if (overlay) { // one curve of another run is enough, but where there is no other
            if (values == nullptr && eval.split == "validation") {
                out.append({{folder, title, CurveKind::Overlay, slot, true, {}},
                            {axisOf(eval, m_axis), eval.value, eval.step}});
            }
            continue;
        }
        const QString split = qs(eval.split);
        out.append({{split,
                     split == u"validation" ? tr("validation") : split,
                     CurveKind::Points,
                     (validationSlot(slot) + nth) % 6,
                     false,
                     {}},
                    {axisOf(eval, m_axis), eval.value, eval.step}});
        nth += 1;
    }
}

void ChartBoard::addLogs(QVector<Feed>& out, const QString& id) const {
    for (const auto& log : m_presenter.logs().logs()) {
        int matches = 0;
        for (const ForeignCurve& curve : log->curves) {
            const std::optional<ForeignMatch> match = foreignMatch(curve.name);
            if (!match || match->chart != id) {
                continue;
            }
            const Column x = log->along(m_axis, curve.step);
            const bool first = matches++ == 0;
            // The name of the series where one log has several here, or where it is not the usual one.
            const QString title = first && !match->validation ? log->title : QString(log->title % u' ' % curve.name);
            const QString note = x.isEmpty()                             ? tr("by step only")
                                 : log->diverged && first && id == kLoss ? tr("diverged")
                                                                         : QString();
            out.append({{log->id % u'/' % curve.name, title, match->validation ? CurveKind::Points : CurveKind::Overlay,
                         log->slot, true, note},
                        {x, x.isEmpty() ? Column() : curve.value, x.isEmpty() ? Column() : curve.step}});
        }
    }
}

QVector<ChartBoard::Feed> ChartBoard::feeds(const QString& id) const {
    QVector<Feed> out;
    const QString folder = m_presenter.folder();
    const RunRow* row = m_context.workspace.runs().find(folder);
    const int slot = row != nullptr ? row->slot : 0;
    if (const std::shared_ptr<const RunSeries> series = m_presenter.series()) {
        addRun(out, id, *series, folder, {}, slot, false);
    }
    if (id == kLoss) { // the legend names both from the first moment on
        const auto has = [&out](const QString& curve) {
            return std::any_of(out.begin(), out.end(), [&curve](const Feed& f) { return f.spec.id == curve; });
        };
        if (!has(kTrain)) {
            out.prepend({{kTrain, tr("train"), CurveKind::Raw, slot, false, {}}, {}});
        }
        if (!has(u"validation"_s)) {
            out.insert(1,
                       {{u"validation"_s, tr("validation"), CurveKind::Points, validationSlot(slot), false, {}}, {}});
        }
    }
    QStringList overlays(m_context.workspace.overlays().begin(), m_context.workspace.overlays().end());
    overlays.sort();
    for (const QString& other : std::as_const(overlays)) {
        const RunRow* each = m_context.workspace.runs().find(other);
        if (other == folder || each == nullptr) {
            continue;
        }
        const qsizetype before = out.size();
        if (const std::shared_ptr<const RunSeries> series = m_context.workspace.series(other)) {
            addRun(out, id, *series, other, each->title(), each->slot, true);
        }
        if (id == kLoss && out.size() == before) {
            out.append(Feed{{other, each->title(), CurveKind::Overlay, each->slot, true, {}}, {}});
        }
    }
    addLogs(out, id);
    return out;
}

void ChartBoard::feed(Chart* chart, const QVector<Feed>& feeds) const {
    for (const Feed& each : feeds) {
        chart->setData(each.spec.id, each.data);
    }
}

QVector<ChartMarker> ChartBoard::markers(const RunSeries& series) const {
    QVector<ChartMarker> out;
    for (const RunMarker& marker : series.markers) {
        ChartMarker shown;
        shown.x = placeOf(marker.at, m_axis);
        switch (marker.kind) {
        case RunMarker::Kind::Checkpoint:
            shown.kind = marker.best ? ChartMarker::Kind::Best : ChartMarker::Kind::Checkpoint;
            shown.text = marker.best ? tr("Checkpoint, the best so far") : tr("Checkpoint");
            break;
        case RunMarker::Kind::Evaluation:
            shown.kind = ChartMarker::Kind::Evaluation;
            shown.text = tr("Evaluated");
            break;
        case RunMarker::Kind::Paused:
            shown.kind = ChartMarker::Kind::Paused;
            shown.text = tr("Paused");
            break;
        case RunMarker::Kind::Resumed:
            shown.kind = ChartMarker::Kind::Resumed;
            shown.text = tr("Resumed");
            break;
        case RunMarker::Kind::Continued:
            shown.kind = ChartMarker::Kind::Continued;
            shown.text = tr("Continued from this checkpoint");
            break;
        case RunMarker::Kind::Diverged:
            shown.kind = ChartMarker::Kind::Diverged;
            shown.text = tr("Diverged: the loss is not a number");
            break;
        }
        // The cursor stands on points of curves: a mark on the axis of time stands where its step does.
        out.append(shown);
    }
    return out;
}

std::optional<double> ChartBoard::end(const QVector<QVector<Feed>>& all) const {
    double right = m_axis == XAxis::Step ? m_presenter.state().totalSteps.value_or(0) : 0;
    for (const QVector<Feed>& feeds : all) {
        for (const Feed& each : feeds) {
            if (!each.data.x.isEmpty()) {
                right = std::max(right, each.data.x.back());
            }
        }
    }
    return right > 0 ? std::optional<double>(right) : std::nullopt;
}

void ChartBoard::refresh() {
    if (m_presenter.folder().isEmpty()) {
        return;
    }
    const QStringList has = offered();
    QStringList seen;
    for (const QString& id : std::as_const(m_shown)) {
        if (has.contains(id)) {
            seen << id;
            if (!m_cards.contains(id)) {
                makeCard(id);
            }
        }
    }
    if (seen != m_seen) {
        m_seen = seen;
        arrange();
    }
    arrange();
    QVector<QVector<Feed>> all{feeds(kLoss)};
    for (const QString& id : std::as_const(m_seen)) {
        all << feeds(id);
    }
    const std::optional<double> right = end(all);
    for (qsizetype i = 0; i < all.size(); ++i) {
        Chart* chart = i == 0 ? m_loss->chart() : m_cards[m_seen[i - 1]]->chart();
        QVector<CurveSpec> specs;
        for (const Feed& each : std::as_const(all[i])) {
            specs << each.spec;
        }
        chart->setXAxis(m_axis);
        chart->setXEnd(right);
        if (chart->curves() != specs) {
            if (i == 0) {
                m_loss->setCurves(specs);
            } else {
                m_cards[m_seen[i - 1]]->setCurves(specs);
            }
        }
        feed(chart, all[i]);
    }
    const std::shared_ptr<const RunSeries> series = m_presenter.series();
    m_loss->chart()->setMarkers(series != nullptr ? markers(*series) : QVector<ChartMarker>());
}

void ChartBoard::refreshReports() {
    // One card a log; those that are read stay as they are.
    QHash<QString, QWidget*> cards = std::exchange(m_reportCards, {});
    for (const LogReport& report : m_presenter.logs().reports()) {
        if (QWidget* kept = cards.take(report.id)) {
            m_reportCards.insert(report.id, kept);
            continue;
        }
        auto* card = new InlineError(u"train.log."_s % report.id, this);
        const QString name = QFileInfo(report.path).fileName();
        QStringList details;
        for (const Error& error : report.problems) {
            details << describe(error).details;
        }
        details << report.notes;
        if (report.failed) {
            card->setError(tr("%1 could not be read as a log").arg(name), problemText(report.problems.front()),
                           details.join(u'\n'));
        } else if (report.skipped > 0) {
            const QString first = report.problems.empty() ? QString() : problemText(report.problems.front());
            card->setError(
                tr("%1: %Ln thing(s) could not be read", nullptr, static_cast<int>(report.skipped)).arg(name),
                tr("Everything else is in the charts. %1").arg(first), details.join(u'\n'));
        } else {
            card->setError(tr("%1 is in the charts").arg(name),
                           report.overwritten > 0 ? tr("%Ln point(s) of steps that were trained again are left out.",
                                                       nullptr, static_cast<int>(report.overwritten))
                                                  : report.notes.value(0),
                           details.join(u'\n'));
        }
        card->setRepair(tr("Dismiss"), [this, id = report.id] { m_presenter.logs().dismiss(id); });
        m_reports->addWidget(card);
        m_reportCards.insert(report.id, card);
    }
    for (QWidget* gone : std::as_const(cards)) { // maybe in the click of its own button
        gone->hide();
        gone->deleteLater();
    }
}

} // namespace fettle::ui
