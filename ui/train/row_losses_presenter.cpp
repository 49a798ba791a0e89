#include "train/row_losses_presenter.h"

#include "bridge/strings.h"
#include "train/run_changes.h"

#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using train::RowClass;

namespace {

constexpr std::size_t kWordBytes = 200;

std::size_t indexOf(RowClass rowClass) {
    return static_cast<std::size_t>(rowClass);
}

std::shared_ptr<const RowTable> tableOf(train::RowHistory history) {
    auto out = std::make_shared<RowTable>();
    out->history = std::move(history);
    out->thresholds = train::rowThresholds(out->history);
    out->classes = train::classifyRowLosses(out->history);
    out->last.reserve(out->classes.size());
    for (std::size_t row = 0; row < out->classes.size(); ++row) {
        ++out->counts[indexOf(out->classes[row])];
        out->last.push_back(out->history.last(row));
    }
    for (const float loss : out->history.losses) {
        if (std::isfinite(loss)) {
            out->top = std::max(out->top, loss);
        }
    }
    return out;
}

struct Arranged {
    std::vector<std::uint32_t> order;
    RowHistogramBins bins;
};

Arranged arranged(const RowTable& table, const RowFilter& filter) {
    Arranged out;
    const bool all = std::none_of(filter.classes.begin(), filter.classes.end(), [](bool on) { return on; });
    std::vector<float> last;
    for (std::size_t row = 0; row < table.classes.size(); ++row) {
        if (all || filter.classes[indexOf(table.classes[row])]) {
            out.order.push_back(static_cast<std::uint32_t>(row));
            if (std::isfinite(table.last[row])) {
                last.push_back(table.last[row]);
            }
        }
    }
    // Bins up to where all but one row in two hundred lie: a few high ones would flatten the rest.
    out.bins.counts.fill(0, RowLossesPresenter::kBins);
    if (!last.empty()) {
        const auto rank = static_cast<std::ptrdiff_t>(static_cast<double>(last.size() - 1) * 0.995);
        std::nth_element(last.begin(), last.begin() + rank, last.end());
        out.bins.high = std::max(1e-6, static_cast<double>(last[static_cast<std::size_t>(rank)]));
    } else {
        out.bins.high = 1;
    }
    const auto binOf = [&](float loss) {
        const double share = static_cast<double>(loss) / out.bins.high * RowLossesPresenter::kBins;
        return std::clamp(static_cast<int>(share), 0, RowLossesPresenter::kBins - 1);
    };
    std::vector<std::uint32_t> kept;
    for (const std::uint32_t row : out.order) {
        const float loss = table.last[row];
        const bool known = std::isfinite(loss);
        if (known) {
            ++out.bins.counts[binOf(loss)];
        }
        if (!filter.bin || (known && binOf(loss) == *filter.bin)) {
            kept.push_back(row);
        }
    }
    out.order = std::move(kept);
    const auto by = [&](auto key) {
        std::stable_sort(out.order.begin(), out.order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return key(a) > key(b); });
    };
    const auto value = [](float loss) { return std::isfinite(loss) ? loss : -1.0F; };
    switch (filter.sort) {
    case RowSort::Row:
        break; // as they are
    case RowSort::LastHigh:
        by([&](std::uint32_t row) { return value(table.last[row]); });
        break;
    case RowSort::LastLow:
        by([&](std::uint32_t row) { return -value(table.last[row]); });
        break;
    case RowSort::Risen: {
        std::vector<float> rise(table.classes.size(), 0);
        for (const std::uint32_t row : out.order) {
            float lowest = std::numeric_limits<float>::infinity();
            for (const float loss : table.history.row(row)) {
                lowest = std::isfinite(loss) ? std::min(lowest, loss) : lowest;
            }
            rise[row] = std::isfinite(lowest) && std::isfinite(table.last[row]) ? table.last[row] - lowest : 0;
        }
        by([&](std::uint32_t row) { return rise[row]; });
        break;
    }
    }
    return out;
}

} // namespace

RowLossesPresenter::RowLossesPresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine,
                                       QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_run(run)
    , m_courier(this)
    , m_reader(workspace, std::move(engine)) {
    connect(&run, &RunPresenter::shownChanged, this, &RowLossesPresenter::forget);
}

RowLossesPresenter::~RowLossesPresenter() {
    if (m_placesJob != nullptr) {
        m_placesJob->cancel();
    }
}

void RowLossesPresenter::forget() {
    ++m_generation;
    ++m_arranged;
    if (m_placesJob != nullptr) {
        m_placesJob->cancel();
        m_placesJob.reset();
    }
    m_folder.clear();
    m_files = -1;
    m_table.reset();
    m_order.reset();
    m_places.reset();
    m_bins = {};
    m_filter = {};
    m_error.reset();
    m_textFault.clear();
    m_reading = m_filtering = false;
    m_opened.reset();
    m_reader.clear();
    Q_EMIT orderChanged();
    Q_EMIT changed();
}

QString RowLossesPresenter::className(RowClass rowClass) {
    switch (rowClass) {
    case RowClass::NeverLearned:
        return tr("never learned");
    case RowClass::Forgotten:
        return tr("forgotten");
    case RowClass::TooEasy:
        return tr("too easy");
    case RowClass::Learning:
        return tr("learning");
    case RowClass::Untold:
        break;
    }
    return tr("not measured");
}

State RowLossesPresenter::classState(RowClass rowClass) {
    switch (rowClass) {
    case RowClass::NeverLearned:
        return State::Bad;
    case RowClass::Forgotten:
        return State::Warn;
    case RowClass::TooEasy:
        return State::Accent;
    case RowClass::Learning:
        return State::Ok;
    case RowClass::Untold:
        break;
    }
    return State::Neutral;
}

RowLossesState RowLossesPresenter::state() const {
    RowLossesState out;
    out.filter = m_filter;
    out.filtering = m_filtering;
    out.error = m_error;
    out.opened = m_opened;
    out.textFault = m_textFault;
    if (m_error) {
        out.phase = RowLossesState::Phase::Failed;
    } else if (m_table == nullptr) {
        out.phase = m_reading ? RowLossesState::Phase::Reading : RowLossesState::Phase::Nothing;
    } else {
        out.phase = RowLossesState::Phase::Told;
        out.total = static_cast<std::int64_t>(m_table->classes.size());
        out.shown = m_order ? static_cast<std::int64_t>(m_order->size()) : 0;
        out.epochs = static_cast<int>(m_table->history.columns());
        out.counts = m_table->counts;
        for (const Error& fault : m_table->history.faults) {
            out.faults << qs(fault.text());
        }
        const train::RowThresholds& t = m_table->thresholds;
        out.rule =
            out.epochs > 1
                ? tr("Never learned: last loss %1 or more and fell at most %2. Forgotten: was at most %3, then "
                     "rose by %4 or more to %1 or above. Too easy: never above %5.")
                      .arg(Format::loss(t.lastUpper), Format::loss(t.hardlyFell()), Format::loss(t.lastMedian),
                           Format::loss(t.rose()), Format::loss(t.easy()))
                : tr("One epoch is measured: never learned and forgotten show from the second on. Too easy: never "
                     "above %1.")
                      .arg(Format::loss(t.easy()));
    }
    return out;
}

QString RowLossesPresenter::words(std::int64_t sample) const {
    return m_places ? qs(m_places->words(sample, kWordBytes)) : QString();
}

void RowLossesPresenter::look() {
    const std::shared_ptr<const RunSeries> series = m_run.series();
    if (m_run.folder().isEmpty() || series == nullptr) {
        return;
    }
    if (m_folder != m_run.folder() || m_files != std::ssize(series->rowLossSteps)) {
        m_files = std::ssize(series->rowLossSteps);
        read();
    }
}

void RowLossesPresenter::read() {
    m_folder = m_run.folder();
    m_reading = true;
    m_error.reset();
    const std::uint64_t generation = ++m_generation;
    struct Answer {
        std::shared_ptr<const RowTable> table;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, folder = us(m_folder)](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(train::RowHistory history, train::readRowHistory(folder));
            answer->table = tableOf(std::move(history));
            return {};
        },
        {.name = "read losses of rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_reading = false;
                 if (!result) {
                     m_error = result.error();
                     Q_EMIT changed();
                     return;
                 }
                 m_table = answer->table;
                 m_order.reset();
                 Q_EMIT orderChanged();
                 arrange();
                 if (m_places == nullptr && !m_table->classes.empty()) {
                     readPlaces();
                 }
             });
         }});
    Q_EMIT changed();
}

void RowLossesPresenter::readPlaces() {
    if (m_placesJob != nullptr) {
        return;
    }
    struct Answer {
        std::shared_ptr<const train::RowPlaces> places;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    m_placesJob = m_workspace.jobs().submit(
        [answer, folder = us(m_folder)](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(const recipe::Recipe recipe, train::effectiveRecipe(folder));
            FETTLE_TRY_VALUE(train::RowPlaces places, train::findRowPlaces(recipe, folder, context.stopToken()));
            answer->places = std::make_shared<train::RowPlaces>(std::move(places));
            return {};
        },
        {.name = "find the texts of rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder = m_folder](const Result<void>& result) {
             post([this, answer, folder, result] {
                 if (folder != m_folder) {
                     return;
                 }
                 m_placesJob.reset();
                 m_places = answer->places;
                 if (!result && result.error().code != ErrorCode::Cancelled) {
                     m_textFault = describe(result.error()).what;
                 }
                 Q_EMIT textsChanged();
                 Q_EMIT changed();
             });
         }});
}

void RowLossesPresenter::arrange() {
    if (m_table == nullptr) {
        return;
    }
    m_filtering = true;
    const std::uint64_t generation = ++m_arranged;
    auto answer = std::make_shared<Arranged>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, table = m_table, filter = m_filter](jobs::JobContext&) -> Result<void> {
            *answer = arranged(*table, filter);
            return {};
        },
        {.name = "sort rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>&) {
             post([this, answer, generation] {
                 if (generation != m_arranged) {
                     return; // another filter was chosen meanwhile
                 }
                 m_filtering = false;
                 m_order = std::make_shared<const std::vector<std::uint32_t>>(std::move(answer->order));
                 m_bins = answer->bins;
                 Q_EMIT orderChanged();
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

void RowLossesPresenter::toggleClass(RowClass rowClass, bool add) {
    bool& chosen = m_filter.classes[indexOf(rowClass)];
    const bool was = chosen;
    if (!add) {
        m_filter.classes = {};
    }
    chosen = !was;
    m_filter.bin.reset(); // bins of other rows are others
    arrange();
}

void RowLossesPresenter::chooseBin(std::optional<int> bin) {
    if (bin != m_filter.bin) {
        m_filter.bin = bin;
        arrange();
    }
}

void RowLossesPresenter::setSort(RowSort sort) {
    if (sort != m_filter.sort) {
        m_filter.sort = sort;
        arrange();
    }
}

void RowLossesPresenter::open(std::int64_t sample) {
    m_opened = sample;
    RowRequest request;
    request.folder = m_folder;
    request.samples = {sample};
    request.adapter = m_run.checkpoint();
    m_reader.read(request);
    Q_EMIT changed();
}

void RowLossesPresenter::close() {
    m_opened.reset();
    m_reader.clear();
    Q_EMIT changed();
}

void RowLossesPresenter::copyIds() {
    if (m_table == nullptr || m_order == nullptr) {
        return;
    }
    auto answer = std::make_shared<QString>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, table = m_table, order = m_order](jobs::JobContext&) -> Result<void> {
            std::string text;
            for (const std::uint32_t row : *order) {
                text += std::to_string(table->history.samples[row]) + "\n";
            }
            *answer = qs(text);
            return {};
        },
        {.name = "copy row numbers", .lane = {}, .onProgress = {}, .onDone = [post, answer](const Result<void>&) {
             post([answer] { QGuiApplication::clipboard()->setText(*answer); });
         }});
}

void RowLossesPresenter::exportCsv(const QString& path) {
    if (m_table == nullptr || m_order == nullptr || path.isEmpty()) {
        return;
    }
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [table = m_table, order = m_order, path = us(path)](jobs::JobContext&) {
            return train::writeRowHistoryCsv(path, table->history, table->classes, *order);
        },
        {.name = "export losses of rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, path, rows = m_order->size()](const Result<void>& result) {
             post([this, path, rows, result] {
                 if (result) {
                     Q_EMIT exported(path, static_cast<std::int64_t>(rows));
                 } else {
                     Q_EMIT m_workspace.failed(tr("Saving the losses of rows"), result.error());
                 }
             });
         }});
}

} // namespace fettle::ui
