#include "data/data_presenter.h"

#include "bridge/strings.h"
#include "workspace/workspace.h"

#include <QFileInfo>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::Balance;
using project::Filter;
using project::Histogram;
using project::NumberRange;
using project::QueryResult;
using project::ReadSlot;
using project::RowCounts;
using project::RowField;
using project::RowId;
using project::RowNumber;
using project::RowState;
using project::Split;

namespace {

constexpr int kSearchPauseMs = 200;
constexpr int kRefreshMs = 400;         // figures follow a stream of changes at this pace
constexpr int kDerivedRefreshMs = 2000; // the same for what the background job finds

bool wholeNumber(RowNumber number) {
    return number != RowNumber::Loss && number != RowNumber::Uncertainty;
}

} // namespace

DataPresenter::DataPresenter(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_rows(workspace.rows()) {
    m_table = std::make_unique<SampleTableModel>([this](std::vector<RowId> ids, SampleTableModel::Answer answer) {
        if (m_rows.store() == nullptr) {
            return;
        }
        m_rows.store()->page(
            ReadSlot::Page, std::move(ids),
            m_rows.answer<project::RowPage>(this, [this, answer = std::move(answer)](Result<project::RowPage> page) {
                if (page) {
                    answer(std::move(page->rows));
                } else if (page.error().code != ErrorCode::Cancelled) {
                    m_problem = page.error();
                    Q_EMIT stateChanged();
                }
            }));
    });
    m_inspector = std::make_unique<RowInspector>(workspace);
    m_importer = std::make_unique<ImportPresenter>(workspace);
    m_searchPause.setSingleShot(true);
    m_searchPause.setInterval(kSearchPauseMs);
    connect(&m_searchPause, &QTimer::timeout, this, [this] { search(m_words, When::Now); });
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        if (m_countsAsked || m_histogramAsked || m_balanceAsked) {
            m_refresh.start(kRefreshMs); // a new question would take the place of the one under way
            return;
        }
        if (m_reloadRow) {
            m_reloadRow = false;
            m_inspector->reload();
        }
        refreshCounts();
        refreshFigures();
    });
    connect(&m_rows, &ProjectRows::opened, this, &DataPresenter::open);
    connect(&m_rows, &ProjectRows::changed, this, &DataPresenter::onChange);
    connect(&m_rows, &ProjectRows::factsChanged, this, [this] {
        countChips();
        Q_EMIT chipsChanged();
        Q_EMIT stateChanged();
    });
    connect(&m_rows, &ProjectRows::undoChanged, this, &DataPresenter::stateChanged);
    connect(&m_rows, &ProjectRows::jobChanged, this, &DataPresenter::stateChanged);
    connect(&m_rows, &ProjectRows::edited, this,
            [this](const QString& label, qint64) { Q_EMIT said(label, tr("Undo"), [this] { m_rows.undo(); }); });
    connect(&m_rows, &ProjectRows::undone, this, [this](const QString& label, qint64) {
        Q_EMIT said(tr("Undone: %1").arg(label), tr("Redo"), [this] { m_rows.redo(); });
    });
    connect(&m_rows, &ProjectRows::redone, this, [this](const QString& label, qint64) {
        Q_EMIT said(tr("Done again: %1").arg(label), tr("Undo"), [this] { m_rows.undo(); });
    });
    connect(&workspace, &Workspace::recipeChanged, this, &DataPresenter::figuresChanged);
    open();
}

DataPresenter::~DataPresenter() = default;

void DataPresenter::open() {
    ++m_question;
    m_filter = {};
    m_sort = {};
    m_counts = {};
    m_countsKnown = false;
    m_histogram.reset();
    m_balance.reset();
    m_chipRows.clear();
    m_balanceChosen = false;
    m_balanceOf = Balance::Of::Answer;
    m_histogramOf = RowNumber::Tokens;
    m_saved.clear();
    m_stale.clear();
    m_sourceNames.clear();
    m_problem.reset();
    m_querying = m_scanned = m_outdated = m_reloadRow = false;
    m_countsAsked = m_histogramAsked = m_balanceAsked = false;
    m_refresh.stop();
    m_words.clear();
    m_searchPause.stop();
    m_selection.clear();
    m_current = 0;
    m_inspector->show(0);
    Q_EMIT indexAboutToChange();
    m_table->setIndex(nullptr);
    m_table->setColumns(usualColumns());
    Q_EMIT indexChanged();
    Q_EMIT filterChanged();
    Q_EMIT currentChanged();
    if (m_rows.store() != nullptr) {
        readViewState();
        query();
        refreshCounts();
        refreshFigures();
        checkSources();
    }
    Q_EMIT stateChanged();
}

void DataPresenter::readViewState() {
    struct Kept {
        Json columns, filters;
    };
    m_rows.ask<Kept>(
        "what the table looked like", this,
        [](project::RowStore& rows, jobs::JobContext&) -> Result<Kept> {
            return Kept{rows.viewState("data.columns"), rows.viewState("data.filters")};
        },
        [this](Result<Kept> kept) {
            if (!kept) {
                return;
            }
            if (!kept->columns.is_null()) {
                m_table->setColumns(columnsFromJson(kept->columns));
                Q_EMIT columnsChanged();
            }
            if (kept->filters.is_array()) {
                for (const Json& each : kept->filters) {
                    const Result<std::string> name = jsonString(each, "name");
                    if (name && each.contains("filter")) {
                        if (const Result<Filter> filter = project::filterFromJson(each["filter"])) {
                            m_saved.append({qs(name.value()), filter.value()});
                        }
                    }
                }
                Q_EMIT savedChanged();
            }
        });
}

void DataPresenter::keep(const std::string& key, Json value) {
    using Done = bool;
    m_rows.ask<Done>(
        "remember the view", this,
        [key, value = std::move(value)](project::RowStore& rows, jobs::JobContext&) -> Result<Done> {
            FETTLE_TRY(rows.setViewState(key, value));
            return true;
        },
        [](Result<Done>) {}); // the view is as it is; a read-only folder is told elsewhere
}

void DataPresenter::query() {
    if (m_rows.store() == nullptr) {
        return;
    }
    m_querying = true;
    m_outdated = false;
    const std::uint64_t mine = ++m_question;
    m_rows.store()->query(ReadSlot::Table, m_filter, m_sort,
                          m_rows.answer<QueryResult>(this, [this, mine](Result<QueryResult> result) {
                              if (mine != m_question) {
                                  return;
                              }
                              m_querying = false;
                              if (!result) {
                                  if (result.error().code != ErrorCode::Cancelled) {
                                      m_problem = result.error();
                                  }
                                  Q_EMIT stateChanged();
                                  return;
                              }
                              m_problem.reset();
                              m_scanned = result->scanned;
                              Q_EMIT indexAboutToChange();
                              m_table->setIndex(result->rows);
                              Q_EMIT indexChanged();
                              m_selection.setAllRows(m_table->rowCount());
                              if (m_current != 0 && m_table->rowOf(m_current) < 0) {
                                  setCurrent(0);
                              }
                              Q_EMIT stateChanged();
                          }));
    Q_EMIT stateChanged();
}

void DataPresenter::refreshCounts() {
    if (m_rows.store() == nullptr) {
        return;
    }
    m_countsAsked = true;
    m_rows.store()->counts(ReadSlot::Counts, m_filter, m_rows.answer<RowCounts>(this, [this](Result<RowCounts> counts) {
        m_countsAsked = false;
        if (counts) {
            m_counts = std::move(counts).value();
            m_countsKnown = true;
            Q_EMIT chipsChanged();
            Q_EMIT stateChanged();
        }
    }));
}

void DataPresenter::refreshFigures() {
    if (m_rows.store() == nullptr) {
        return;
    }
    // Without what the figure itself has chosen: its other bars stay to be chosen.
    Filter others = m_filter;
    std::erase_if(others.numbers, [this](const NumberRange& range) { return range.number == m_histogramOf; });
    m_histogramAsked = true;
    m_rows.store()->histogram(ReadSlot::HistogramA, others, m_histogramOf, kBins,
                              m_rows.answer<Histogram>(this, [this](Result<Histogram> histogram) {
                                  m_histogramAsked = false;
                                  if (histogram && histogram->number == m_histogramOf) {
                                      m_histogram = std::move(histogram).value();
                                      Q_EMIT figuresChanged();
                                  }
                              }));
    others = m_filter;
    switch (m_balanceOf) {
    case Balance::Of::Label:
        others.labels.clear();
        break;
    case Balance::Of::Language:
        others.languages.clear();
        break;
    default:
        others.answers.clear();
        break;
    }
    m_balanceAsked = true;
    m_rows.store()->balance(
        ReadSlot::HistogramB, others, m_balanceOf, kBars, m_rows.answer<Balance>(this, [this](Result<Balance> balance) {
            m_balanceAsked = false;
            if (balance && balance->of == m_balanceOf) {
                m_balance = std::move(balance).value();
                // Answers that hardly ever return tell nothing as bars.
                if (!m_balanceChosen && m_filter.isEverything() && m_balanceOf == Balance::Of::Answer &&
                    m_balance->distinct > 50 && m_balance->distinct * 2 > m_rows.facts().rows()) {
                    const bool labelled = m_rows.facts().counts.labels.size() > 1;
                    setBalanceOf(labelled ? Balance::Of::Label : Balance::Of::Language);
                    return;
                }
                Q_EMIT figuresChanged();
            }
        }));
}

void DataPresenter::countChips() {
    // A family of several codes counts rows once: asked for, where one code alone does not say it.
    std::vector<std::pair<data::CheckFamily, std::vector<std::string>>> families;
    m_chipRows.clear();
    for (const CheckChip& chip : checkChips(m_rows.facts().counts.checks)) {
        if (chip.codes.size() == 1) {
            m_chipRows[chip.family] = chip.most;
        } else {
            families.emplace_back(chip.family, chip.codes);
        }
    }
    if (families.empty()) {
        return;
    }
    using Counted = std::map<data::CheckFamily, std::int64_t>;
    m_rows.ask<Counted>(
        "count findings", this,
        [families](project::RowStore& rows, jobs::JobContext& context) -> Result<Counted> {
            Counted out;
            for (const auto& [family, codes] : families) {
                Filter filter;
                filter.checks = codes;
                FETTLE_TRY_VALUE(const RowCounts counts, rows.counts(filter, context.stopToken()));
                out[family] = counts.rows;
            }
            return out;
        },
        [this](Result<Counted> counted) {
            if (counted) {
                for (const auto& [family, rows] : counted.value()) {
                    m_chipRows[family] = rows;
                }
                Q_EMIT chipsChanged();
            }
        });
}

void DataPresenter::onChange(const project::StoreChange& change) {
    if (change.order || (change.many && change.content)) {
        m_table->allChanged();
        query();
        checkSources();
    } else if (change.many) {
        m_table->allChanged();
    } else if (!change.rows.empty()) {
        m_table->rowsChanged(change.rows);
    }
    if (std::find(change.rows.begin(), change.rows.end(), m_current) != change.rows.end() || change.order ||
        (change.many && change.content)) {
        m_inspector->reload();
    } else if (change.many && change.derived) {
        m_reloadRow = true; // tokens and findings come in batches: with the figures
    }
    // Rows do not jump while a person reads: they are looked for again when asked.
    const bool ordered = m_sort.key != project::SortKey::None;
    if ((change.content || change.derived) && (!m_filter.isEverything() || ordered) && !m_querying) {
        m_outdated = true;
    }
    if ((change.content || change.order || change.derived) && !m_refresh.isActive()) {
        m_refresh.start(change.content || change.order ? kRefreshMs : kDerivedRefreshMs);
    }
    Q_EMIT stateChanged();
}

void DataPresenter::checkSources() {
    using Sources = std::vector<project::SourceFile>;
    m_rows.ask<Sources>(
        "look at imported files", this, [](project::RowStore& rows, jobs::JobContext&) { return rows.sources(); },
        [this](Result<Sources> sources) {
            if (!sources) {
                return;
            }
            QStringList names;
            m_stale.clear();
            QStringList seen;
            for (const project::SourceFile& source : sources.value()) { // newest first: one line a file
                if (seen.contains(qs(source.path))) {
                    continue;
                }
                seen << qs(source.path);
                if (source.rows > 0) {
                    names << qs(source.name);
                }
                if (source.onDisk == project::SourceFile::OnDisk::Changed) {
                    m_stale.append({qs(source.name), qs(source.path), false, source.rows});
                }
            }
            m_sourceNames =
                names.size() == 1   ? names.first()
                : names.size() == 2 ? tr("%1 and %2").arg(names[0], names[1])
                : names.isEmpty()
                    ? QString()
                    : tr("%1 and %Ln more file(s)", nullptr, static_cast<int>(names.size()) - 1).arg(names[0]);
            Q_EMIT sourcesChanged();
            Q_EMIT stateChanged();
        });
}

void DataPresenter::tryAgain() {
    m_problem.reset();
    m_table->allChanged();
    query();
    refreshCounts();
    refreshFigures();
}

void DataPresenter::setFilter(const Filter& filter) {
    if (filter == m_filter) {
        return;
    }
    m_searchPause.stop();
    m_filter = filter;
    m_words = qs(filter.search);
    if (m_selection.isAll()) {
        m_selection.clear();
    }
    Q_EMIT filterChanged();
    query();
    refreshCounts();
    refreshFigures();
}

void DataPresenter::search(const QString& words, When when) {
    m_words = words;
    if (when == When::AfterPause) {
        m_searchPause.start();
        return;
    }
    Filter filter = m_filter;
    filter.search = us(words.trimmed());
    setFilter(filter);
    m_words = words;
}

void DataPresenter::setSort(const project::Sort& sort) {
    if (!(sort == m_sort)) {
        m_sort = sort;
        query();
    }
}

void DataPresenter::sortBy(project::SortKey key, bool byId) {
    if (key == project::SortKey::None && !byId) {
        return;
    }
    project::Sort sort;
    if (m_sort.key != key) {
        sort.key = key;
    } else if (!m_sort.descending) {
        sort.key = key;
        sort.descending = true;
    } // third press: by number
    setSort(sort);
}

void DataPresenter::lookAgain() {
    query();
    refreshCounts();
    refreshFigures();
}

QVector<CheckChip> DataPresenter::chips() const {
    return checkChips(m_rows.facts().counts.checks);
}

std::optional<std::int64_t> DataPresenter::chipRows(const CheckChip& chip) const {
    const auto found = m_chipRows.find(chip.family);
    return found == m_chipRows.end() ? std::nullopt : std::optional<std::int64_t>(found->second);
}

bool DataPresenter::chipChecked(const CheckChip& chip) const {
    return std::all_of(chip.codes.begin(), chip.codes.end(), [this](const std::string& code) {
        return std::find(m_filter.checks.begin(), m_filter.checks.end(), code) != m_filter.checks.end();
    });
}

void DataPresenter::toggleChip(const CheckChip& chip, bool extend) {
    Filter filter = m_filter;
    const bool was = chipChecked(chip);
    if (!extend) {
        filter.checks.clear();
    }
    for (const std::string& code : chip.codes) {
        std::erase(filter.checks, code);
        if (!was) {
            filter.checks.push_back(code);
        }
    }
    setFilter(filter);
}

void DataPresenter::saveFilter(const QString& name) {
    const QString plain = name.trimmed();
    if (plain.isEmpty() || m_filter.isEverything()) {
        return;
    }
    m_saved.erase(std::remove_if(m_saved.begin(), m_saved.end(),
                                 [&plain](const SavedFilter& each) { return each.name == plain; }),
                  m_saved.end());
    m_saved.append({plain, m_filter});
    Json all = Json::array();
    for (const SavedFilter& each : std::as_const(m_saved)) {
        all.push_back({{"name", us(each.name)}, {"filter", project::toJson(each.filter)}});
    }
    keep("data.filters", std::move(all));
    Q_EMIT savedChanged();
}

void DataPresenter::forgetFilter(const QString& name) {
    m_saved.erase(
        std::remove_if(m_saved.begin(), m_saved.end(), [&name](const SavedFilter& each) { return each.name == name; }),
        m_saved.end());
    Json all = Json::array();
    for (const SavedFilter& each : std::as_const(m_saved)) {
        all.push_back({{"name", us(each.name)}, {"filter", project::toJson(each.filter)}});
    }
    keep("data.filters", std::move(all));
    Q_EMIT savedChanged();
}

void DataPresenter::setHistogramOf(RowNumber number) {
    if (number != m_histogramOf) {
        m_histogramOf = number;
        m_histogram.reset();
        refreshFigures();
        Q_EMIT figuresChanged();
    }
}

void DataPresenter::setBalanceOf(Balance::Of of) {
    if (of != m_balanceOf) {
        m_balanceOf = of;
        m_balanceChosen = true;
        m_balance.reset();
        refreshFigures();
        Q_EMIT figuresChanged();
    }
}

void DataPresenter::chooseBin(int bin) {
    if (!m_histogram || bin < 0 || bin >= static_cast<int>(m_histogram->counts.size())) {
        return;
    }
    const bool last = bin + 1 == static_cast<int>(m_histogram->counts.size());
    const auto at = static_cast<std::size_t>(bin);
    NumberRange range;
    range.number = m_histogram->number;
    range.min = m_histogram->edges[at];
    const double end = m_histogram->edges[at + 1];
    range.max = last ? end : wholeNumber(range.number) ? std::ceil(end) - 1 : std::nextafter(end, -1e300);
    const bool was = chosenBin() == bin;
    Filter filter = m_filter;
    std::erase_if(filter.numbers, [&range](const NumberRange& each) { return each.number == range.number; });
    if (!was) {
        filter.numbers.push_back(range);
    }
    setFilter(filter);
}

int DataPresenter::chosenBin() const {
    if (!m_histogram) {
        return -1;
    }
    for (const NumberRange& range : m_filter.numbers) {
        if (range.number == m_histogram->number && range.min) {
            for (std::size_t i = 0; i < m_histogram->counts.size(); ++i) {
                if (m_histogram->edges[i] == *range.min && range.max && *range.max <= m_histogram->edges[i + 1]) {
                    return static_cast<int>(i);
                }
            }
        }
    }
    return -1;
}

void DataPresenter::chooseBar(int bar) {
    if (!m_balance || bar < 0 || bar >= static_cast<int>(m_balance->bars.size())) {
        return;
    }
    const std::string& value = m_balance->bars[static_cast<std::size_t>(bar)].value;
    Filter filter = m_filter;
    std::vector<std::string>& list = m_balance->of == Balance::Of::Label      ? filter.labels
                                     : m_balance->of == Balance::Of::Language ? filter.languages
                                                                              : filter.answers;
    const bool was = list.size() == 1 && list.front() == value;
    list.clear();
    if (!was) {
        list.push_back(value);
    }
    setFilter(filter);
}

int DataPresenter::chosenBar() const {
    if (!m_balance) {
        return -1;
    }
    const std::vector<std::string>& list = m_balance->of == Balance::Of::Label      ? m_filter.labels
                                           : m_balance->of == Balance::Of::Language ? m_filter.languages
                                                                                    : m_filter.answers;
    for (std::size_t i = 0; list.size() == 1 && i < m_balance->bars.size(); ++i) {
        if (m_balance->bars[i].value == list.front()) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

std::int64_t DataPresenter::context() const {
    return m_workspace.recipe().training.context;
}

} // namespace fettle::ui
