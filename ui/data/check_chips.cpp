#include "data/check_chips.h"

#include "bridge/strings.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

CheckChips::CheckChips(DataPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_all(new Chip(tr("All"), State::Neutral, this))
    , m_more(makeButton(ButtonKind::Ghost, {}, u"data.chips.more"_s, u"down"_s, this)) {
    setObjectName(u"data.chips"_s);
    m_all->setObjectName(u"data.chip.all"_s);
    setFixedHeight(Theme::current().u(7.5));
    connect(m_all, &Chip::clicked, this, [this] {
        m_presenter.clearFilter();
        refresh();
    });
    connect(m_more, &QPushButton::clicked, this, [this] {
        auto* shown = new QMenu(this);
        shown->setAttribute(Qt::WA_DeleteOnClose);
        for (const Item& item : std::as_const(m_items)) {
            if (!item.widget->isHidden()) {
                continue;
            }
            const std::int64_t rows = m_presenter.chipRows(item.chip).value_or(item.chip.most);
            QAction* action =
                shown->addAction(tr("%1 · %2", "check, rows").arg(item.chip.title, Format::exactCount(rows)));
            action->setCheckable(true);
            action->setChecked(m_presenter.chipChecked(item.chip));
            connect(action, &QAction::triggered, this,
                    [this, chip = item.chip] { m_presenter.toggleChip(chip, false); });
        }
        shown->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    connect(&presenter, &DataPresenter::chipsChanged, this, &CheckChips::refresh);
    connect(&presenter, &DataPresenter::filterChanged, this, &CheckChips::refresh);
    refresh();
}

void CheckChips::refresh() {
    const QVector<CheckChip> chips = m_presenter.chips();
    const bool same =
        chips.size() == m_items.size() &&
        std::equal(chips.begin(), chips.end(), m_items.begin(), [](const CheckChip& chip, const Item& item) {
            return chip.family == item.chip.family && chip.state == item.chip.state && chip.title == item.chip.title;
        });
    if (!same) {
        for (const Item& item : std::as_const(m_items)) {
            item.widget->hide();
            item.widget->deleteLater();
        }
        m_items.clear();
        for (const CheckChip& chip : chips) {
            auto* widget = new Chip(chip.title, chip.state, this);
            widget->setObjectName(u"data.chip."_s % qs(data::checkFamilyName(chip.family)));
            widget->setContextMenuPolicy(Qt::CustomContextMenu);
            m_items.append({chip, widget});
            const qsizetype at = m_items.size() - 1;
            connect(widget, &Chip::clicked, this, [this, widget, at] {
                if (at < m_items.size()) {
                    m_presenter.toggleChip(m_items[at].chip, widget->extendsSelection());
                }
                refresh();
            });
            connect(widget, &QWidget::customContextMenuRequested, this, [this, widget, at](const QPoint& point) {
                if (at < m_items.size()) {
                    showMenu(m_items[at].chip, widget->mapToGlobal(point));
                }
            });
        }
    }
    bool any = false;
    for (qsizetype i = 0; i < m_items.size(); ++i) {
        m_items[i].chip = chips[i];
        m_items[i].widget->setCount(m_presenter.chipRows(chips[i]).value_or(chips[i].most));
        m_items[i].widget->setToolTip(chips[i].codes.size() == 1 ? CheckWords::explanation(chips[i].codes.front())
                                                                 : chips[i].title);
        m_items[i].widget->setChecked(m_presenter.chipChecked(chips[i]));
        any = any || m_items[i].widget->isChecked();
    }
    m_all->setChecked(m_presenter.filter().isEverything());
    arrange();
}

void CheckChips::arrange() {
    const Theme& theme = Theme::current();
    const int gap = theme.u(1.5);
    const QString pattern = tr("%Ln more", "chips", static_cast<int>(m_items.size()));
    m_more->setText(pattern);
    const int moreWidth = m_more->sizeHint().width();
    int x = 0;
    const auto place = [&](QWidget* widget) {
        const QSize size = widget->sizeHint();
        widget->setGeometry(x, (height() - size.height()) / 2, size.width(), size.height());
        widget->show();
        x += size.width() + gap;
    };
    place(m_all);
    int total = x;
    for (const Item& item : std::as_const(m_items)) {
        total += item.widget->sizeHint().width() + gap;
    }
    const bool all = total <= width() + gap;
    int hidden = 0;
    for (const Item& item : std::as_const(m_items)) {
        const bool fits = all || (hidden == 0 && x + item.widget->sizeHint().width() + gap + moreWidth <= width());
        if (fits) {
            place(item.widget);
        } else {
            item.widget->hide();
            ++hidden;
        }
    }
    m_more->setVisible(hidden > 0);
    if (hidden > 0) {
        m_more->setText(tr("%Ln more", "chips", hidden));
        place(m_more);
    }
}

void CheckChips::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void CheckChips::showMenu(const CheckChip& chip, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"data.chip.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const std::string& code : chip.codes) {
        QAction* only = menu->addAction(tr("Show only: %1").arg(CheckWords::title(code)));
        connect(only, &QAction::triggered, this, [this, code] {
            project::Filter filter = m_presenter.filter();
            filter.checks = {code};
            m_presenter.setFilter(filter);
        });
    }
    menu->addSeparator();
    for (const data::CheckFix fix : chip.fixes) {
        if (fix == data::CheckFix::Edit) {
            continue; // by hand, in the side panel
        }
        QAction* action = menu->addAction(tr("%1…", "a fix with a preview").arg(CheckWords::fix(fix)));
        action->setObjectName(u"data.fix."_s % qs(data::checkFixName(fix)));
        connect(action, &QAction::triggered, this, [this, chip, fix] { Q_EMIT fixWanted(chip, fix); });
    }
    menu->popup(at);
}

} // namespace fettle::ui
