// What the Data page shows: its state in words, pills, figures, and the line for chosen rows.
#include "data/data_page.h"

#include "bridge/strings.h"
#include "data/bar_chart.h"
#include "data/check_chips.h"
#include "data/rows_view.h"

#include <QLineEdit>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
enum BodyPage { TableBody, NothingBody, EmptyBody, LoadingBody };
}

void DataPage::refresh() {
    const DataState state = m_presenter.state();
    m_header->setSentence(state.sentence);
    const bool rows = state.phase == DataState::Phase::Rows || state.phase == DataState::Phase::NothingFound;
    m_tools->setVisible(rows);
    m_chips->setVisible(rows && !m_presenter.chips().isEmpty());
    m_pills->setVisible(rows && m_pillFlow->count() > 0);
    const bool tall = height() >= Theme::current().u(170); // 680 px at u = 4: under it the table needs the room
    m_figures->setVisible(rows && tall);
    m_body->setCurrentIndex(state.phase == DataState::Phase::Rows           ? TableBody
                            : state.phase == DataState::Phase::NothingFound ? NothingBody
                            : state.phase == DataState::Phase::Empty        ? EmptyBody
                                                                            : LoadingBody);
    m_search->setPlaceholderText(
        tr("Search %1 row(s)", nullptr,
           static_cast<int>(std::min<std::int64_t>(m_presenter.rows().facts().rows(), 1'000'000'000)))
            .arg(Format::exactCount(m_presenter.rows().facts().rows())));
    m_showing->setText(state.querying ? tr("Looking…") : state.showing);
    m_again->setVisible(state.outdated);
    m_searchNote->setText(state.searchNote);
    m_searchNote->setVisible(!state.searchNote.isEmpty());
    const QString noUndo = !state.undoBlocked.isEmpty() ? state.undoBlocked : tr("Nothing to undo.");
    const QString noRedo = !state.undoBlocked.isEmpty() ? state.undoBlocked : tr("Nothing to redo.");
    const auto offer = [](QPushButton* button, const QString& name, const QString& label, const QString& reason) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason.isEmpty() ? QString(name % u": "_s % label) : reason);
        button->setAccessibleDescription(reason.isEmpty() ? label : reason);
    };
    offer(m_undo, tr("Undo"), state.undo, state.undo.isEmpty() || !state.undoBlocked.isEmpty() ? noUndo : QString());
    offer(m_redo, tr("Redo"), state.redo, state.redo.isEmpty() || !state.undoBlocked.isEmpty() ? noRedo : QString());
    setDisabledReason(m_import, state.readOnly);
    m_readOnly->setVisible(!state.readOnly.isEmpty());
    if (!state.readOnly.isEmpty()) {
        m_readOnly->setMessage(State::Warn, tr("These rows can be read, not changed"), state.readOnly, u"lock"_s);
    }
    if (m_presenter.problem()) {
        const ErrorText text = describe(*m_presenter.problem());
        m_error->setError(tr("The rows could not be read. %1").arg(text.what), text.meaning, text.details);
        m_error->setRepair(tr("Try again"), [this] {
            m_error->setError({});
            m_presenter.tryAgain();
        });
    }
    const QVector<StaleSource>& stale = m_presenter.staleSources();
    m_staleBanner->setVisible(!stale.isEmpty());
    if (!stale.isEmpty() && m_staleBanner->property("path").toString() != stale.first().path) {
        m_staleBanner->setProperty("path", stale.first().path);
        m_staleBanner->setMessage(State::Accent, tr("%1 changed since it was imported").arg(stale.first().name),
                                  tr("Import it again to see what is new, changed or gone. Labels stay."));
        m_staleBanner->clearActions();
        connect(m_staleBanner->addAction(tr("Look at the changes"), u"data.stale.import"_s), &QPushButton::clicked,
                this, [this, path = stale.first().path] { showPart(u"import:"_s % path); });
    }
    m_job->setVisible(!state.job.isEmpty() || !state.jobProblem.isEmpty());
    m_jobText->setText(state.jobProblem.isEmpty() ? state.job : state.jobProblem);
    m_jobText->setTone(state.jobProblem.isEmpty() ? Tone::Text2 : Tone::Warn);
    m_jobBar->setVisible(state.jobProblem.isEmpty());
    m_jobBar->setFraction(state.jobFraction);
    m_jobPause->setVisible(state.jobPauses || !state.jobProblem.isEmpty());
    m_jobPause->setText(!state.jobProblem.isEmpty() ? tr("Try again") : state.jobPaused ? tr("Go on") : tr("Pause"));
    refreshBulk();
}

void DataPage::refreshPills() {
    while (QLayoutItem* item = m_pillFlow->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    const QVector<FilterPill> pills = filterPills(m_presenter.filter());
    for (qsizetype i = 0; i < pills.size(); ++i) {
        auto* pill = makeButton(ButtonKind::Plain, pills[i].text, u"data.pill.%1"_s.arg(i), u"cross"_s);
        pill->setLayoutDirection(Qt::RightToLeft);
        pill->setAccessibleName(tr("%1: take this condition away").arg(pills[i].text));
        pill->setToolTip(tr("Take this condition away"));
        connect(pill, &QPushButton::clicked, this,
                [this, without = pills[i].without] { m_presenter.setFilter(without); });
        m_pillFlow->addWidget(pill);
    }
    m_pills->setVisible(!pills.isEmpty());
    const QString words = qs(m_presenter.filter().search);
    if (!m_search->hasFocus() && m_search->text().trimmed() != words) {
        const QSignalBlocker quiet(m_search);
        m_search->setText(words);
    }
    m_filter->setText(pills.isEmpty() ? tr("Filter") : tr("Filter · %1").arg(pills.size()));
    refreshFigures();
}

void DataPage::refreshFigures() {
    using project::RowNumber;
    const std::optional<project::Histogram>& numbers = m_presenter.histogram();
    const QString name = RowWords::number(m_presenter.histogramOf());
    m_histogramName->setText(m_presenter.histogramOf() == RowNumber::Tokens ? tr("Tokens per row") : name);
    QVector<ChartBar> bars;
    QVector<ChartTick> ticks;
    std::optional<double> marker;
    QString facts;
    if (numbers && numbers->rows > 0 && numbers->edges.size() == numbers->counts.size() + 1) {
        const double low = numbers->edges.front();
        const double high = numbers->edges.back();
        const bool whole = numbers->number != RowNumber::Loss;
        const auto say = [whole](double v) {
            return whole ? Format::exactCount(std::llround(v)) : Format::number(v, 3);
        };
        const auto context = static_cast<double>(m_presenter.context());
        for (std::size_t i = 0; i < numbers->counts.size(); ++i) {
            ChartBar bar;
            bar.value = static_cast<double>(numbers->counts[i]);
            bar.warn = numbers->number == RowNumber::Tokens && numbers->edges[i] >= context;
            bar.readOut = tr("%1 %2 to %3: %4 row(s)", nullptr,
                             static_cast<int>(std::min<std::int64_t>(numbers->counts[i], 1'000'000'000)))
                              .arg(name, say(numbers->edges[i]), say(numbers->edges[i + 1]),
                                   Format::exactCount(numbers->counts[i]));
            bars.append(bar);
        }
        for (const double at : {0.0, 0.5, 1.0}) {
            ticks.append({at, say(low + (high - low) * at)});
        }
        if (numbers->number == RowNumber::Tokens && high > low) {
            marker = (context - low) / (high - low);
        }
        facts = tr("median %1 · longest %2").arg(say(numbers->median), say(numbers->max));
        if (!whole || numbers->number == RowNumber::Rating || numbers->number == RowNumber::Turns) {
            facts = tr("median %1 · most %2").arg(say(numbers->median), say(numbers->max));
        }
        if (numbers->without > 0) {
            facts = tr("%1 · %2 not known").arg(facts, Format::count(numbers->without));
        }
    } else if (numbers) {
        facts = tr("not known yet");
    }
    m_histogramFacts->setText(facts);
    m_histogram->setBars(bars, ticks);
    m_histogram->setMarker(marker, tr("context %1").arg(Format::exactCount(m_presenter.context())));
    m_histogram->setChosen(m_presenter.chosenBin());

    const std::optional<project::Balance>& balance = m_presenter.balance();
    using Of = project::Balance::Of;
    m_balanceName->setText(m_presenter.balanceOf() == Of::Label      ? tr("Labels")
                           : m_presenter.balanceOf() == Of::Language ? tr("Languages")
                                                                     : tr("Answers"));
    bars.clear();
    ticks.clear();
    facts.clear();
    if (balance) {
        const auto count = static_cast<double>(balance->bars.size());
        for (std::size_t i = 0; i < balance->bars.size(); ++i) {
            const project::Balance::Bar& each = balance->bars[i];
            QString text = qs(each.value).simplified();
            text = balance->of == Of::Language ? RowWords::language(text) : text.isEmpty() ? tr("(none)") : text;
            bars.append(
                {static_cast<double>(each.rows),
                 tr("%1: %2 row(s)", nullptr, static_cast<int>(std::min<std::int64_t>(each.rows, 1'000'000'000)))
                     .arg(text.left(60), Format::exactCount(each.rows)),
                 false});
            if (i % std::max<std::size_t>(1, balance->bars.size() / 4) == 0) {
                ticks.append({(static_cast<double>(i) + 0.5) / count,
                              text.size() > 12 ? QString(text.left(11) % QChar(0x2026)) : text});
            }
        }
        facts = tr("%1 different · entropy %2 bit")
                    .arg(Format::exactCount(balance->distinct), QLocale().toString(balance->entropyBits, 'f', 1));
    }
    m_balanceFacts->setText(facts);
    m_balance->setBars(bars, ticks);
    m_balance->setChosen(m_presenter.chosenBar());
}

void DataPage::refreshBulk() {
    const RowSelection& chosen = m_presenter.selection();
    const std::optional<double> progress = m_presenter.rows().bulkProgress();
    const std::int64_t count = chosen.count();
    m_bulk->setVisible(count > 1 || progress.has_value());
    m_bulkCount->setText(
        chosen.isAll() ? tr("All %1 matching rows", nullptr).arg(Format::exactCount(count))
                       : tr("%1 row(s) chosen", nullptr, static_cast<int>(std::min<std::int64_t>(count, 1'000'000'000)))
                             .arg(Format::exactCount(count)));
    m_bulkAll->setVisible(!chosen.isAll() && count < m_presenter.table().rowCount());
    m_bulkAll->setText(tr("All %1 matching").arg(Format::exactCount(m_presenter.table().rowCount())));
    m_bulkRow->setVisible(progress.has_value());
    if (progress) {
        m_bulkRow->setProgress(progress, Format::percent(*progress));
    }
    const QString reason = progress ? tr("Rows are being changed.") : m_presenter.state().readOnly;
    for (const char* name : {"data.bulk.reject", "data.bulk.restore", "data.bulk.split", "data.bulk.label",
                             "data.bulk.tag", "data.bulk.redact"}) {
        setDisabledReason(m_bulk->findChild<QPushButton*>(QString::fromLatin1(name)), reason);
    }
}

} // namespace fettle::ui
