#include "data/rows_beside.h"

#include "bridge/strings.h"
#include "data/word_diff.h"
#include "workspace/workspace.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowDetails;
using project::RowId;

RowsBeside::RowsBeside(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : SubPage(context, presenter, u"data.beside"_s, tr("Side by side"), {}, parent)
    , m_where(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_previous(makeButton(ButtonKind::Icon, tr("Cluster before"), u"data.beside.previous"_s, u"left"_s))
    , m_next(makeButton(ButtonKind::Icon, tr("Next cluster"), u"data.beside.next"_s, u"right"_s))
    , m_keepFirst(makeButton(ButtonKind::Primary, tr("Keep the first"), u"data.beside.first"_s))
    , m_keepAll(makeButton(ButtonKind::Plain, tr("Keep all, next"), u"data.beside.all"_s))
    , m_row(new QHBoxLayout) {
    const Theme& theme = Theme::current();
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.u(2));
    head->addWidget(m_previous);
    head->addWidget(m_next);
    m_where->setObjectName(u"data.beside.where"_s);
    head->addWidget(m_where, 1);
    head->addWidget(m_keepAll);
    head->addWidget(m_keepFirst);
    column()->addLayout(head);
    m_row->setSpacing(theme.u(3));
    column()->addLayout(m_row, 1);
    connect(m_previous, &QPushButton::clicked, this, [this] { go(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { go(1); });
    connect(m_keepAll, &QPushButton::clicked, this, [this] { go(1); });
    connect(m_keepFirst, &QPushButton::clicked, this, [this] { keep(0); });
    connect(&presenter.rows(), &ProjectRows::changed, this, [this](const project::StoreChange& change) {
        if (isVisible() && (change.content || change.order)) {
            read();
        }
    });
}

void RowsBeside::showClusters() {
    m_clusters.clear();
    m_at = 0;
    m_finding = true;
    lay({});
    refreshHead();
    const std::uint64_t mine = ++m_question;
    presenter().rows().ask<RowClusters>(
        "find clusters", this,
        [](project::RowStore& rows, jobs::JobContext& context) {
            return findClusters(rows, kMostRows, context.stopToken());
        },
        [this, mine](Result<RowClusters> found) {
            if (mine != m_question) {
                return;
            }
            m_finding = false;
            if (found) {
                m_clusters = std::move(found->clusters);
                m_notLookedAt = found->rowsThere - found->rowsLookedAt;
                read();
            } else {
                showError(tr("Looking for duplicates"), found.error());
            }
            refreshHead();
        });
}

void RowsBeside::showRows(const std::vector<RowId>& ids) {
    ++m_question;
    m_finding = false;
    m_notLookedAt = 0;
    m_clusters = {ids};
    m_at = 0;
    read();
    refreshHead();
}

void RowsBeside::go(int by) {
    const auto last = static_cast<std::int64_t>(m_clusters.size()) - 1;
    const std::int64_t wanted = static_cast<std::int64_t>(m_at) + by;
    if (wanted > last) {
        Q_EMIT left();
        return;
    }
    m_at = static_cast<std::size_t>(std::clamp<std::int64_t>(wanted, 0, std::max<std::int64_t>(0, last)));
    read();
    refreshHead();
}

void RowsBeside::read() {
    if (m_at >= m_clusters.size()) {
        lay({});
        return;
    }
    std::vector<RowId> ids = m_clusters[m_at];
    if (ids.size() > kMostBeside) {
        ids.resize(kMostBeside);
    }
    const std::uint64_t mine = ++m_question;
    using Rows = std::vector<RowDetails>;
    presenter().rows().ask<Rows>(
        "read rows", this,
        [ids](project::RowStore& rows, jobs::JobContext&) -> Result<Rows> {
            Rows out;
            for (const RowId id : ids) {
                Result<RowDetails> row = rows.details(id);
                if (row) {
                    out.push_back(std::move(row).value());
                } else if (row.error().code != ErrorCode::NotFound) {
                    return std::move(row).error();
                }
            }
            return out;
        },
        [this, mine](Result<Rows> rows) {
            if (mine == m_question) {
                if (rows) {
                    lay(rows.value());
                } else {
                    showError(tr("Reading rows"), rows.error());
                }
            }
        });
}

void RowsBeside::lay(const std::vector<RowDetails>& rows) {
    const Theme& theme = Theme::current();
    for (QWidget* card : std::as_const(m_cards)) {
        m_row->removeWidget(card);
        card->hide();
        card->deleteLater();
    }
    m_cards.clear();
    m_shown = rows;
    const QString first = rows.empty() ? QString() : qs(plainText(rows.front().sample));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const RowDetails& row = rows[i];
        auto* card = new Card;
        card->setObjectName(u"data.beside.row.%1"_s.arg(i));
        QHBoxLayout* head = card->addHeading(RowWords::rowName(row.cells.id));
        head->addWidget(new Pill(RowWords::split(row.cells.split),
                                 row.cells.split == project::Split::Test ? State::Accent : State::Neutral));
        if (row.cells.state == project::RowState::Rejected) {
            head->addWidget(new Pill(RowWords::state(row.cells.state), State::Warn));
        }
        const auto compared = static_cast<std::size_t>(i == 0 && rows.size() > 1 ? 1 : 0);
        const QString text = qs(plainText(row.sample));
        QStringList facts;
        if (rows.size() > 1) {
            const QString other = i == 0 ? qs(plainText(rows[compared].sample)) : first;
            facts << (text == other ? tr("the same text")
                                    : tr("differs from row %1")
                                          .arg(RowWords::id(i == 0 ? rows[compared].cells.id : rows[0].cells.id)));
        }
        if (!row.sample.file.empty()) {
            facts << tr("%1, line %2").arg(qs(row.sample.file).section(u'/', -1), Format::exactCount(row.sample.line));
        }
        if (!row.cells.label.empty()) {
            facts << tr("label %1").arg(qs(row.cells.label));
        }
        card->column()->addWidget(new Label(facts.join(u" · "_s), FontRole::Caption, Tone::Text2, Wrap::Yes));
        auto* body = new PageBody;
        body->setObjectName(u"data.beside.body.%1"_s.arg(i));
        body->column()->setContentsMargins(0, 0, 0, 0);
        body->column()->setSpacing(theme.u(2));
        const QVector<RowMessage> messages = messagesOf(row.sample);
        const QVector<RowMessage> others = rows.size() > 1 ? messagesOf(rows[i == 0 ? 1 : 0].sample) : messages;
        for (qsizetype m = 0; m < messages.size(); ++m) {
            auto* bubble = new QFrame;
            bubble->setProperty("kind", messages[m].answer ? u"bubbleAnswer"_s : u"bubble"_s);
            auto* inside = new QVBoxLayout(bubble);
            inside->setContentsMargins(theme.u(3), theme.u(2), theme.u(3), theme.u(2.5));
            inside->setSpacing(theme.u(0.5));
            inside->addWidget(new Label(messages[m].caption, FontRole::Caption, Tone::Text2));
            auto* diff = new DiffLabel;
            const QString other = m < others.size() ? others[m].text : QString();
            if (i == 0) {
                diff->setTexts(messages[m].text.left(8000), other.left(8000), DiffLabel::Side::Before);
            } else {
                diff->setTexts(other.left(8000), messages[m].text.left(8000), DiffLabel::Side::After);
            }
            inside->addWidget(diff);
            body->column()->addWidget(bubble);
        }
        body->column()->addStretch(1);
        card->column()->addWidget(body, 1);
        auto* keepThis =
            makeButton(ButtonKind::Plain, tr("Keep this one (%1)").arg(i + 1), u"data.beside.keep.%1"_s.arg(i));
        setDisabledReason(keepThis, presenter().state().readOnly);
        connect(keepThis, &QPushButton::clicked, this, [this, place = static_cast<int>(i)] { keep(place); });
        card->column()->addWidget(keepThis);
        m_row->addWidget(card, 1);
        m_cards.append(card);
    }
    refreshHead();
}

void RowsBeside::refreshHead() {
    const auto count = static_cast<std::int64_t>(m_clusters.size());
    const std::size_t rows = m_at < m_clusters.size() ? m_clusters[m_at].size() : 0;
    QString where;
    if (m_finding) {
        where = tr("Looking for rows that are alike…");
    } else if (count == 0) {
        where = tr("No row has a double. Rows that were rejected are not looked at.");
    } else {
        where = count == 1
                    ? tr("%Ln row(s)", nullptr, static_cast<int>(rows))
                    : tr("Cluster %1 of %2 · %Ln row(s)", nullptr, static_cast<int>(rows))
                          .arg(Format::exactCount(static_cast<std::int64_t>(m_at) + 1), Format::exactCount(count));
        if (rows > kMostBeside) {
            where = tr("%1, the first %2 show").arg(where).arg(kMostBeside);
        }
        if (m_notLookedAt > 0) {
            where = tr("%1 · %2 more rows come after these").arg(where, Format::exactCount(m_notLookedAt));
        }
    }
    m_where->setText(where);
    header()->setSentence(tr("What differs is marked. Keys 1 to %1 keep that row and reject the others; one Ctrl+Z "
                             "takes it back.")
                              .arg(kMostBeside));
    m_previous->setEnabled(m_at > 0);
    m_next->setEnabled(static_cast<std::int64_t>(m_at) + 1 < count);
    m_keepAll->setVisible(count > 1);
    setDisabledReason(m_keepFirst,
                      m_shown.size() < 2 ? tr("There is nothing to choose between.") : presenter().state().readOnly);
}

void RowsBeside::keep(int place) {
    if (place < 0 || place >= static_cast<int>(m_shown.size()) || m_shown.size() < 2 ||
        !presenter().state().readOnly.isEmpty()) {
        return;
    }
    const RowId kept = m_shown[static_cast<std::size_t>(place)].cells.id;
    project::EditStep step;
    step.label = us(tr("Keep row %1 of its cluster").arg(RowWords::id(kept)));
    for (const RowId id : m_clusters[m_at]) {
        step.edits.push_back(
            {id, project::RowField::State,
             project::rowStateName(id == kept ? project::RowState::Active : project::RowState::Rejected), 0});
    }
    presenter().rows().apply(std::move(step), [this](const project::EditDone&) { go(1); });
}

bool RowsBeside::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && key->key() >= Qt::Key_1 && key->key() <= Qt::Key_9) {
            event->accept();
            return true;
        }
    }
    return SubPage::event(event);
}

void RowsBeside::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() == Qt::NoModifier && event->key() >= Qt::Key_1 && event->key() < Qt::Key_1 + kMostBeside) {
        keep(event->key() - Qt::Key_1);
        return;
    }
    SubPage::keyPressEvent(event);
}

} // namespace fettle::ui
