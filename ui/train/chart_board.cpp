// Layout of the board, its menus and what a person changes. What the charts hold is in chart_board_data.cpp.
#include "train/chart_board.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "settings/settings.h"
#include "train/chart_files.h"
#include "train/foreign_logs.h"
#include "widgets/icons.h"

#include <QActionGroup>
#include <QDragEnterEvent>
#include <QGridLayout>
#include <QMenu>
#include <QMimeData>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

const QString kLoss = u"loss"_s;
constexpr int kNoticeMs = 12'000;

/// Local files of a drag.
QStringList filesOf(const QMimeData* data) {
    QStringList out;
    for (const QUrl& url : data->urls()) {
        // Archives of runs are no logs: the window takes them.
        if (url.isLocalFile() && !url.toLocalFile().endsWith(u".tar", Qt::CaseInsensitive)) {
            out << url.toLocalFile();
        }
    }
    return out;
}

/// Section titles: the style draws those of QMenu as plain lines.
void addHeading(QMenu* menu, const QString& text) {
    menu->addAction(text)->setEnabled(false);
}

std::optional<XAxis> axisFromKey(const QString& key) {
    for (const XAxis axis : {XAxis::Step, XAxis::Tokens, XAxis::Epoch, XAxis::Time}) {
        if (axisKey(axis) == key) {
            return axis;
        }
    }
    return std::nullopt;
}

} // namespace

ChartBoard::ChartBoard(const ShellContext& context, RunPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_files(new ChartFiles(context, this))
    , m_loss(new LossChart(tr("Loss"), u"train.loss"_s))
    , m_reports(new QVBoxLayout)
    , m_notice(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_splitter(new QSplitter(Qt::Vertical))
    , m_smalls(new QWidget)
    , m_grid(new QGridLayout(m_smalls))
    , m_dropLine(new QWidget(m_smalls)) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.board"_s);
    setAcceptDrops(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2));
    m_reports->setSpacing(theme.u(2));
    column->addLayout(m_reports);
    m_notice->setObjectName(u"train.charts.notice"_s);
    m_notice->hide();
    column->addWidget(m_notice);
    m_noticeTimer.setSingleShot(true);
    m_noticeTimer.setInterval(kNoticeMs);
    connect(&m_noticeTimer, &QTimer::timeout, m_notice, &QWidget::hide);

    m_splitter->setObjectName(u"train.board.splitter"_s);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(theme.u(2.5));
    m_splitter->addWidget(m_loss);
    m_splitter->addWidget(m_smalls);
    column->addWidget(m_splitter, 1);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(theme.u(2.5));
    m_loss->setMinimumHeight(theme.u(52));
    m_loss->setCursor(&m_cursor);
    m_dropLine->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_dropLine->setAutoFillBackground(true);
    m_dropLine->hide();

    const QStringList shown = list(Setting::ChartsShown);
    m_shown = shown.isEmpty() ? usualCharts() : shown;
    m_shown.removeAll(u"-"_s); // none at all
    m_axis = axisFromKey(context.settings.value(Setting::ChartsAxis).toString()).value_or(XAxis::Step);
    bool number = false;
    const double smoothing = context.settings.value(Setting::ChartsSmoothing).toDouble(&number);
    m_loss->chart()->setSmoothing(number ? smoothing : 0.9);
    connect(m_loss->chart(), &Chart::smoothingChanged, this,
            [this](double amount) { m_context.settings.setValue(Setting::ChartsSmoothing, amount); });
    rememberLook(kLoss, m_loss->chart());
    connect(m_loss->legend(), &ChartLegend::removeWanted, this, &ChartBoard::removeCurve);
    connect(m_loss->saveButton(), &QPushButton::clicked, this, &ChartBoard::showSaveMenu);
    connect(m_loss->chartsButton(), &QPushButton::clicked, this, &ChartBoard::showChartsMenu);
    connect(m_files, &ChartFiles::done, this, &ChartBoard::showNotice);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] {
        const QList<int> sizes = m_splitter->sizes();
        if (const int sum = sizes.value(0) + sizes.value(1); sum > 0 && sizes.value(1) > 0) {
            m_context.settings.setValue(Setting::ChartsHeight, QString::number(double(sizes[0]) / sum, 'f', 3));
        }
    });
    connect(&presenter, &RunPresenter::seriesChanged, this, &ChartBoard::refresh);
    connect(&presenter, &RunPresenter::changed, this, &ChartBoard::refresh);
    connect(&presenter, &RunPresenter::shownChanged, this, [this] {
        m_cursor.set(std::nullopt);
        m_cursor.setRange(std::nullopt);
    });
    connect(&presenter.logs(), &ForeignLogs::changed, this, [this] {
        refreshReports();
        refresh();
    });
    refreshReports();
    refresh();
}

QStringList ChartBoard::list(Setting setting) const {
    return m_context.settings.value(setting).toString().split(u',', Qt::SkipEmptyParts);
}

void ChartBoard::put(Setting setting, const QString& id, bool in) {
    QStringList ids = list(setting);
    ids.removeAll(id);
    if (in) {
        ids << id;
    }
    m_context.settings.setValue(setting, ids.join(u','));
}

Chart* ChartBoard::chartOf(const QString& id) const {
    if (id == kLoss) {
        return m_loss->chart();
    }
    const SmallChart* card = m_cards.value(id);
    return card == nullptr ? nullptr : card->chart();
}

void ChartBoard::rememberLook(const QString& id, Chart* chart) {
    chart->setLog(list(Setting::ChartsLog).contains(id));
    chart->setIgnoreOutliers(list(Setting::ChartsTrimmed).contains(id));
    connect(chart, &Chart::logChanged, this, [this, id](bool log) { put(Setting::ChartsLog, id, log); });
    connect(chart, &Chart::outliersChanged, this, [this, id](bool on) { put(Setting::ChartsTrimmed, id, on); });
    connect(chart, &Chart::menuWanted, this, [this, id](const QPoint& at) { showChartMenu(id, at); });
}

SmallChart* ChartBoard::makeCard(const QString& id) {
    const ChartMetric metric = chartMetric(id);
    auto* card = new SmallChart(metric.title, u"train.chart."_s % id, m_smalls);
    card->chart()->setValueKind(metric.kind);
    card->setCursor(&m_cursor);
    card->setMinimumHeight(Theme::current().u(26));
    rememberLook(id, card->chart());
    connect(card, &SmallChart::moveWanted, this, [this, id](int by) { move(id, by); });
    connect(card, &SmallChart::dragged, this, [this, id](const QPoint& at) { placeDrop(id, at, false); });
    connect(card, &SmallChart::dropped, this, [this, id](const QPoint& at) { placeDrop(id, at, true); });
    m_cards.insert(id, card);
    return card;
}

QStringList ChartBoard::shownCharts() const {
    return m_seen;
}

void ChartBoard::setShown(const QString& id, bool shown) {
    if (m_shown.contains(id) == shown) {
        return;
    }
    if (shown) {
        m_shown << id;
    } else {
        m_shown.removeAll(id);
    }
    m_context.settings.setValue(Setting::ChartsShown, m_shown.isEmpty() ? u"-"_s : m_shown.join(u','));
    refresh();
}

void ChartBoard::move(const QString& id, int by) {
    const qsizetype from = m_seen.indexOf(id);
    const qsizetype to = std::clamp<qsizetype>(from + by, 0, m_seen.size() - 1);
    if (from < 0 || to == from) {
        return;
    }
    // Places of the charts that are seen; those that this run does not have keep theirs.
    const qsizetype target = m_shown.indexOf(m_seen[to]);
    m_shown.move(m_shown.indexOf(id), target);
    m_context.settings.setValue(Setting::ChartsShown, m_shown.join(u','));
    refresh();
}

void ChartBoard::placeDrop(const QString& id, const QPoint& global, bool drop) {
    const QPoint at = m_smalls->mapFromGlobal(global);
    qsizetype target = m_seen.size() - 1;
    bool before = false;
    int nearest = std::numeric_limits<int>::max();
    for (qsizetype i = 0; i < m_seen.size(); ++i) {
        const QRect box = m_cards[m_seen[i]]->geometry();
        if (const int far = (box.center() - at).manhattanLength(); far < nearest) {
            nearest = far;
            target = i;
            before = at.x() < box.center().x();
        }
    }
    if (m_seen.isEmpty()) {
        return;
    }
    const QRect box = m_cards[m_seen[target]]->geometry();
    if (drop) {
        m_dropLine->hide();
        const qsizetype from = m_seen.indexOf(id);
        qsizetype to = before ? target : target + 1;
        to -= to > from ? 1 : 0; // it leaves its own place first
        move(id, static_cast<int>(to - from));
        return;
    }
    QPalette palette = m_dropLine->palette();
    palette.setColor(QPalette::Window, Theme::current().color(Token::Accent));
    m_dropLine->setPalette(palette);
    const int gap = m_grid->horizontalSpacing();
    m_dropLine->setGeometry(before ? box.left() - gap / 2 - 1 : box.right() + gap / 2, box.top(), 3, box.height());
    m_dropLine->show();
    m_dropLine->raise();
}

void ChartBoard::setAxis(XAxis axis) {
    if (axis != m_axis) {
        m_axis = axis;
        m_cursor.set(std::nullopt);
        m_cursor.setRange(std::nullopt);
        m_context.settings.setValue(Setting::ChartsAxis, axisKey(axis));
        refresh();
    }
}

void ChartBoard::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void ChartBoard::arrange() {
    const Theme& theme = Theme::current();
    const int columns = std::clamp(width() / theme.u(38), 1, 4);
    const QStringList wide = list(Setting::ChartsWide);
    const QString key = QString::number(columns) % u'|' % m_seen.join(u',') % u'|' % wide.join(u',');
    if (key == m_layoutKey) {
        return;
    }
    m_layoutKey = key;
    for (SmallChart* card : std::as_const(m_cards)) {
        m_grid->removeWidget(card);
    }
    int row = 0;
    int column = 0;
    QWidget* before = m_loss->chart();
    for (const QString& id : std::as_const(m_seen)) {
        const int span = wide.contains(id) ? std::min(2, columns) : 1;
        if (column + span > columns) {
            column = 0;
            ++row;
        }
        SmallChart* card = m_cards[id];
        m_grid->addWidget(card, row, column, 1, span);
        card->show();
        setTabOrder(before, card->chart()); // as they stand
        before = card->chart();
        column += span;
    }
    for (auto it = m_cards.cbegin(); it != m_cards.cend(); ++it) {
        it.value()->setVisible(m_seen.contains(it.key()));
    }
    for (int i = 0; i < 4; ++i) {
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
    }
    const int rows = m_seen.isEmpty() ? 0 : row + 1;
    m_smalls->setVisible(rows > 0);
    m_smalls->setMinimumHeight(rows * theme.u(26) + std::max(0, rows - 1) * m_grid->verticalSpacing());
    bool number = false;
    double share = m_context.settings.value(Setting::ChartsHeight).toDouble(&number);
    share = number && share > 0.1 && share < 0.95 ? share : 0.7;
    // The share is that of one row of small charts; more rows make the page longer.
    m_splitter->setMinimumHeight(rows > 0 ? theme.u(52) + m_smalls->minimumHeight() + m_splitter->handleWidth()
                                          : theme.u(52));
    m_splitter->setStretchFactor(0, qRound(share * 100));
    m_splitter->setStretchFactor(1, 100 - qRound(share * 100));
    m_splitter->setSizes({qRound(share * 10'000), 10'000 - qRound(share * 10'000)});
}

// ---------------------------------------------------------------- menus

void ChartBoard::addAxisChoice(QMenu* menu) {
    addHeading(menu, tr("Along"));
    auto* group = new QActionGroup(menu);
    const std::pair<XAxis, QString> axes[] = {{XAxis::Step, tr("Steps")},
                                              {XAxis::Tokens, tr("Tokens")},
                                              {XAxis::Epoch, tr("Epochs")},
                                              {XAxis::Time, tr("Time")}};
    for (const auto& [axis, title] : axes) {
        QAction* action = menu->addAction(title);
        action->setObjectName(u"train.charts.axis."_s % axisKey(axis));
        action->setCheckable(true);
        action->setChecked(axis == m_axis);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, wanted = axis] { setAxis(wanted); });
    }
}

void ChartBoard::showChartsMenu() {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"train.charts.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addAxisChoice(menu);
    menu->addSeparator();
    addHeading(menu, tr("Charts"));
    QStringList ids = offered();
    for (const QString& id : std::as_const(m_shown)) { // also those that this run has nothing for
        if (!ids.contains(id)) {
            ids << id;
        }
    }
    for (const QString& id : std::as_const(ids)) {
        QAction* action = menu->addAction(chartMetric(id).title);
        action->setObjectName(u"train.charts.show."_s % id);
        action->setCheckable(true);
        action->setChecked(m_shown.contains(id));
        connect(action, &QAction::toggled, this, [this, id](bool on) { setShown(id, on); });
    }
    menu->addSeparator();
    QAction* usual = menu->addAction(tr("Usual charts"));
    usual->setObjectName(u"train.charts.usual"_s);
    connect(usual, &QAction::triggered, this, [this] {
        m_context.settings.setValue(Setting::ChartsShown, QString());
        m_context.settings.setValue(Setting::ChartsWide, QString());
        m_shown = usualCharts();
        refresh();
    });
    menu->addSeparator();
    QAction* file = menu->addAction(themeIcon(u"plus"_s), tr("Add a log…"));
    file->setObjectName(u"train.charts.add"_s);
    connect(file, &QAction::triggered, this, [this] {
        m_context.dialogs.openFile(this,
                                   {.title = tr("Add a log to the charts"),
                                    .folder = {},
                                    .filters = {tr("Logs (*.json *.jsonl *.csv *tfevents*)"), tr("All files (*)")}},
                                   [this](const QString& path) {
                                       if (!path.isEmpty()) {
                                           addLog(path);
                                       }
                                   });
    });
    QAction* folder = menu->addAction(themeIcon(u"folder"_s), tr("Add a folder with a log…"));
    folder->setObjectName(u"train.charts.add_folder"_s);
    connect(folder, &QAction::triggered, this, [this] {
        m_context.dialogs.openFolder(this, tr("Add a folder with a log"), {}, [this](const QString& path) {
            if (!path.isEmpty()) {
                addLog(path);
            }
        });
    });
    const QPushButton* button = m_loss->chartsButton();
    menu->popup(button->mapToGlobal(QPoint(0, button->height())));
}

void ChartBoard::addSaving(QMenu* menu, Chart* chart, const QString& title) {
    const QString name = m_presenter.state().title % u' ' % title.toLower();
    const auto add = [&](const QString& text, const QString& id, ChartFiles::Form form) {
        QAction* action = menu->addAction(text);
        action->setObjectName(u"train.save."_s % id);
        connect(action, &QAction::triggered, chart, [this, chart, form, name] { m_files->save(*chart, form, name); });
    };
    add(tr("Save as picture (PNG)…"), u"png"_s, ChartFiles::Form::Png);
    add(tr("Save as drawing (SVG)…"), u"svg"_s, ChartFiles::Form::Svg);
    add(tr("Save as numbers (CSV)…"), u"csv"_s, ChartFiles::Form::Csv);
    QAction* copy = menu->addAction(themeIcon(u"copy"_s), tr("Copy picture"));
    copy->setObjectName(u"train.save.copy"_s);
    connect(copy, &QAction::triggered, chart, [chart] { ChartFiles::copyPicture(*chart); });
    menu->addSeparator();
    QAction* all = menu->addAction(tr("Export numbers of this run…"));
    all->setObjectName(u"train.save.run"_s);
    connect(all, &QAction::triggered, this,
            [this] { m_files->saveRun(m_presenter.folder(), m_presenter.state().title); });
}

void ChartBoard::showSaveMenu() {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"train.save.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addSaving(menu, m_loss->chart(), tr("Loss"));
    const QPushButton* button = m_loss->saveButton();
    menu->popup(button->mapToGlobal(QPoint(0, button->height())));
}

void ChartBoard::showChartMenu(const QString& id, const QPoint& at) {
    Chart* chart = chartOf(id);
    auto* menu = new QMenu(this);
    menu->setObjectName(u"train.chart.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto check = [menu](const QString& text, const QString& name, bool on) {
        QAction* action = menu->addAction(text);
        action->setObjectName(u"train.chart.menu."_s % name);
        action->setCheckable(true);
        action->setChecked(on);
        return action;
    };
    connect(check(tr("Logarithmic"), u"log"_s, chart->isLog()), &QAction::toggled, chart, &Chart::setLog);
    connect(check(tr("Ignore outliers"), u"outliers"_s, chart->ignoresOutliers()), &QAction::toggled, chart,
            &Chart::setIgnoreOutliers);
    connect(check(tr("Smoothed"), u"smooth"_s, chart->smoothing() > 0), &QAction::toggled, chart,
            [chart](bool on) { chart->setSmoothing(on ? 0.9 : 0); });
    QAction* fit = menu->addAction(themeIcon(u"zoom-fit"_s), tr("Show everything"));
    fit->setObjectName(u"train.chart.menu.fit"_s);
    connect(fit, &QAction::triggered, chart, &Chart::fit);
    if (id != kLoss) {
        menu->addSeparator();
        connect(check(tr("Twice as wide"), u"wide"_s, list(Setting::ChartsWide).contains(id)), &QAction::toggled, this,
                [this, id](bool on) {
                    put(Setting::ChartsWide, id, on);
                    arrange();
                });
        const qsizetype place = m_seen.indexOf(id);
        const auto shift = [&](const QString& text, const QString& name, int by, bool can) {
            QAction* action = menu->addAction(text);
            action->setObjectName(u"train.chart.menu."_s % name);
            action->setEnabled(can);
            connect(action, &QAction::triggered, this, [this, id, by] { move(id, by); });
        };
        shift(tr("Move left\tAlt+Left"), u"left"_s, -1, place > 0);
        shift(tr("Move right\tAlt+Right"), u"right"_s, 1, place + 1 < m_seen.size());
        QAction* hide = menu->addAction(tr("Hide this chart"));
        hide->setObjectName(u"train.chart.menu.hide"_s);
        connect(hide, &QAction::triggered, this, [this, id] {
            setShown(id, false);
            m_loss->chartsButton()->setFocus(Qt::OtherFocusReason);
        });
    }
    menu->addSeparator();
    addSaving(menu, chart, chartMetric(id).title);
    menu->popup(at);
}

void ChartBoard::showNotice(const QString& text) {
    m_notice->setText(text);
    m_notice->setVisible(!text.isEmpty());
    m_noticeTimer.start();
}

// ---------------------------------------------------------------- logs of other programs

void ChartBoard::addLog(const QString& path) {
    m_presenter.logs().add(path, takenSlots());
}

void ChartBoard::removeCurve(const QString& id) {
    if (id.startsWith(u"log")) {
        m_presenter.logs().remove(id.section(u'/', 0, 0));
    } else {
        m_context.workspace.toggleOverlay(id);
    }
}

void ChartBoard::dragEnterEvent(QDragEnterEvent* event) {
    if (!filesOf(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
        showNotice(tr("Drop to lay this log over the charts."));
    }
}

void ChartBoard::dragLeaveEvent(QDragLeaveEvent*) {
    showNotice({});
}

void ChartBoard::dropEvent(QDropEvent* event) {
    showNotice({});
    for (const QString& path : filesOf(event->mimeData())) {
        addLog(path);
    }
    event->acceptProposedAction();
}

} // namespace fettle::ui
