#include "data/versions_page.h"

#include "base/json.h"
#include "bridge/strings.h"
#include "data/data_fixes.h"
#include "data/word_diff.h"
#include "widgets/table.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::DataVersion;
using project::ReadSlot;
using project::RowDifference;
using project::VersionDifference;

namespace {

/// What a person reads of a row given as JSON text; other JSON as it stands.
QString readable(const std::string& json) {
    const Result<Json> row = parseJson(json);
    if (!row) {
        return qs(json);
    }
    data::Sample sample;
    sample.row = row.value();
    QStringList lines;
    for (const RowMessage& message : messagesOf(sample)) {
        lines << QString(message.caption % u": "_s % message.text);
    }
    return lines.isEmpty() ? qs(dumpJsonPretty(row.value())).trimmed() : lines.join(u'\n');
}

} // namespace

VersionsPage::VersionsPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : SubPage(context, presenter, u"data.versions"_s, tr("Versions"),
              tr("A version remembers the rows as they are. Each run keeps the version it was trained on."), parent)
    , m_name(new QLineEdit)
    , m_make(makeButton(ButtonKind::Primary, tr("Keep this version"), u"data.versions.make"_s, u"bookmark"_s))
    , m_rename(makeButton(ButtonKind::Plain, tr("Rename"), u"data.versions.rename"_s, u"pencil"_s))
    , m_from(new QComboBox)
    , m_to(new QComboBox)
    , m_counts(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_hash(new Label({}, FontRole::Caption, Tone::Text3))
    , m_added(new Pill)
    , m_changed(new Pill)
    , m_removed(new Pill)
    , m_table(new DataTable(u"data.versions.rows"_s, tr("Rows that differ")))
    , m_model(new QStandardItemModel(this))
    , m_detailTitle(new Label({}, FontRole::CardHeading))
    , m_detail(new DiffLabel)
    , m_fields(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes)) {
    const Theme& theme = Theme::current();
    auto* make = new QHBoxLayout;
    make->setSpacing(theme.u(2));
    m_name->setObjectName(u"data.versions.name"_s);
    m_name->setPlaceholderText(tr("Name of the rows as they are now, for example “Before the clean-up”"));
    m_name->setAccessibleName(tr("Name of the version"));
    make->addWidget(m_name, 1);
    make->addWidget(m_make);
    column()->addLayout(make);
    auto* bar = new Card;
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(2));
    m_from->setObjectName(u"data.versions.from"_s);
    m_from->setAccessibleName(tr("From version"));
    m_to->setObjectName(u"data.versions.to"_s);
    m_to->setAccessibleName(tr("To version"));
    row->addWidget(new Label(tr("From"), FontRole::Body, Tone::Text2));
    row->addWidget(m_from, 1);
    row->addWidget(m_rename);
    row->addWidget(new Label(tr("to"), FontRole::Body, Tone::Text2));
    row->addWidget(m_to, 1);
    row->addStretch(1);
    row->addWidget(m_added);
    row->addWidget(m_changed);
    row->addWidget(m_removed);
    bar->column()->addLayout(row);
    bar->column()->addWidget(m_counts);
    m_counts->setObjectName(u"data.versions.counts"_s);
    m_hash->setObjectName(u"data.versions.hash"_s);
    m_hash->setTextInteractionFlags(Qt::TextSelectableByMouse);
    bar->column()->addWidget(m_hash);
    column()->addWidget(bar);
    m_parts = new QSplitter(Qt::Horizontal);
    QSplitter* split = m_parts;
    split->setObjectName(u"data.versions.splitter"_s);
    split->setChildrenCollapsible(false);
    auto* list = new Card;
    list->column()->setContentsMargins(1, 1, 1, 1);
    m_model->setHorizontalHeaderLabels({tr("#"), tr("What"), tr("Row")});
    m_table->setModel(m_model);
    m_model->setHeaderData(0, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setColumnSamples({u"1,000,000"_s, tr("Removed and more"), {}}, 2);
    list->column()->addWidget(m_table);
    split->addWidget(list);
    auto* detail = new Card;
    detail->column()->addWidget(m_detailTitle);
    detail->column()->addWidget(m_fields);
    auto* body = new PageBody;
    body->setObjectName(u"data.versions.detail"_s);
    body->column()->setContentsMargins(0, 0, 0, 0);
    body->column()->addWidget(m_detail);
    body->column()->addStretch(1);
    detail->column()->addWidget(body, 1);
    split->addWidget(detail);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    column()->addWidget(split, 1);
    column()->addStretch(0);
    const auto makeIt = [this] {
        const QString name = m_name->text().trimmed();
        if (name.isEmpty()) {
            m_name->setFocus(Qt::OtherFocusReason);
            setSheetProperty(m_name, "fault", true);
            return;
        }
        setSheetProperty(m_name, "fault", false);
        this->presenter().rows().ask<DataVersion>(
            "keep a version", this,
            [name = us(name)](project::RowStore& rows, jobs::JobContext&) { return rows.makeVersion(name); },
            [this](Result<DataVersion> made) {
                if (made) {
                    m_name->clear();
                    Q_EMIT toast(tr("Version “%1” kept").arg(qs(made->name)), {}, {});
                    readVersions();
                } else {
                    showError(tr("Keeping a version"), made.error());
                }
            });
    };
    connect(m_make, &QPushButton::clicked, this, makeIt);
    connect(m_name, &QLineEdit::returnPressed, this, makeIt);
    connect(m_rename, &QPushButton::clicked, this, &VersionsPage::rename);
    connect(m_from, &QComboBox::activated, this, &VersionsPage::compare);
    connect(m_to, &QComboBox::activated, this, &VersionsPage::compare);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { showRow(now.row()); });
    connect(&presenter.rows(), &ProjectRows::changed, this, [this](const project::StoreChange& change) {
        if (isVisible() && (change.versions || change.content || change.order)) {
            readVersions();
        }
    });
}

QWidget* VersionsPage::firstFocus() const {
    return m_name;
}

void VersionsPage::open() {
    setDisabledReason(m_make, presenter().state().readOnly);
    readVersions();
}

std::string VersionsPage::chosen(const QComboBox* box) const {
    return us(box->currentData().toString());
}

void VersionsPage::readVersions() {
    using Versions = std::vector<DataVersion>;
    presenter().rows().ask<Versions>(
        "read versions", this, [](project::RowStore& rows, jobs::JobContext&) { return rows.versions(); },
        [this](Result<Versions> versions) {
            if (!versions) {
                showError(tr("Reading versions"), versions.error());
                return;
            }
            m_versions = std::move(versions).value();
            const QString from = m_from->currentData().toString();
            const QString to = m_to->currentData().toString();
            const QSignalBlocker quietFrom(m_from);
            const QSignalBlocker quietTo(m_to);
            m_from->clear();
            m_to->clear();
            m_to->addItem(tr("Now"), u"now"_s);
            for (const DataVersion& version : m_versions) {
                const QString text = tr("%1 · %2", "version, time").arg(qs(version.name), Format::when(version.timeMs));
                m_from->addItem(text, QString::number(version.id));
                m_to->addItem(text, QString::number(version.id));
            }
            m_from->setCurrentIndex(std::max(0, m_from->findData(from)));
            m_to->setCurrentIndex(std::max(0, m_to->findData(to)));
            compare();
        });
}

void VersionsPage::compare() {
    m_model->removeRows(0, m_model->rowCount());
    m_rows.clear();
    showRow(-1);
    m_parts->setVisible(false);
    for (Pill* pill : {m_added, m_changed, m_removed}) {
        pill->hide();
    }
    setDisabledReason(m_rename, m_versions.empty() ? tr("There is no version yet.") : presenter().state().readOnly);
    if (m_versions.empty()) {
        m_counts->setText(tr("No version was kept yet. Imports and runs make one by themselves."));
        m_hash->hide();
        return;
    }
    for (const DataVersion& version : m_versions) {
        if (std::to_string(version.id) == chosen(m_from)) {
            QStringList facts{tr("%1 rows").arg(Format::exactCount(version.rows)),
                              tr("content %1").arg(qs(version.hash).left(12))};
            if (!version.runs.empty()) {
                facts << tr("%Ln run(s) trained on it", nullptr, static_cast<int>(version.runs.size()));
            }
            if (version.automatic) {
                facts << tr("made by itself");
            }
            m_hash->show();
            m_hash->setText(facts.join(u" · "_s));
        }
    }
    m_counts->setText(tr("Comparing…"));
    const std::uint64_t mine = ++m_question;
    const std::string from = chosen(m_from);
    const std::string to = chosen(m_to);
    presenter().rows().store()->difference(
        ReadSlot::Versions, from, to,
        presenter().rows().answer<VersionDifference>(this, [this, mine, from, to](Result<VersionDifference> found) {
            if (mine != m_question) {
                return;
            }
            if (!found) {
                m_counts->setText({});
                showError(tr("Comparing versions"), found.error());
                return;
            }
            m_difference = std::move(found).value();
            const VersionDifference& d = *m_difference;
            const bool same = d.rows.empty();
            m_counts->setText(same ? tr("Both hold the same rows.")
                              : d.rows.size() > kMostListed
                                  ? tr("The first %1 of %2 rows that differ are listed.")
                                        .arg(Format::exactCount(static_cast<std::int64_t>(kMostListed)),
                                             Format::exactCount(static_cast<std::int64_t>(d.rows.size())))
                                  : QString());
            m_counts->setVisible(!m_counts->text().isEmpty());
            m_added->setState(tr("%1 added").arg(Format::exactCount(d.added)), State::Ok);
            m_changed->setState(tr("%1 changed").arg(Format::exactCount(d.changed)), State::Accent);
            m_removed->setState(tr("%1 removed").arg(Format::exactCount(d.removed)), State::Bad);
            m_added->setVisible(d.added > 0);
            m_changed->setVisible(d.changed > 0);
            m_removed->setVisible(d.removed > 0);
            std::vector<project::RowId> ids = d.rows;
            if (ids.size() > kMostListed) {
                ids.resize(kMostListed);
            }
            if (ids.empty()) {
                return;
            }
            using Rows = std::vector<RowDifference>;
            presenter().rows().store()->rowDifferences(
                ReadSlot::Versions, from, to, std::move(ids),
                presenter().rows().answer<Rows>(this, [this, mine](Result<Rows> rows) {
                    if (mine == m_question && rows) {
                        takeRows(std::move(rows).value());
                    } else if (mine == m_question) {
                        showError(tr("Comparing versions"), rows.error());
                    }
                }));
        }));
}

void VersionsPage::takeRows(std::vector<RowDifference> rows) {
    m_rows = std::move(rows);
    QList<QList<QStandardItem*>> lines;
    for (const RowDifference& row : m_rows) {
        auto* id = new QStandardItem(RowWords::id(row.row));
        id->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        QString what = row.kind == RowDifference::Kind::Added     ? tr("Added")
                       : row.kind == RowDifference::Kind::Removed ? tr("Removed")
                       : row.before != row.after                  ? tr("Changed")
                                                                  : QString();
        QStringList fields;
        for (const project::RowChange& change : row.fields) {
            fields << RowWords::field(change.field);
        }
        if (!fields.isEmpty()) {
            what = what.isEmpty() ? fields.join(u", "_s) : QString(what % u", "_s % fields.join(u", "_s));
        }
        auto* kind = new QStandardItem(what);
        kind->setData(int(row.kind == RowDifference::Kind::Added     ? Token::Ok
                          : row.kind == RowDifference::Kind::Removed ? Token::Bad
                                                                     : Token::Accent),
                      ToneRole);
        const QString text = readable(row.after.empty() ? row.before : row.after).simplified().left(200);
        m_model->appendRow({id, kind, new QStandardItem(text)});
    }
    m_parts->setVisible(!m_rows.empty());
    if (!m_rows.empty()) {
        m_table->setCurrentIndex(m_model->index(0, 0));
    }
}

void VersionsPage::showRow(int row) {
    const bool has = row >= 0 && row < static_cast<int>(m_rows.size());
    m_detailTitle->setVisible(has);
    m_fields->setVisible(has);
    m_detail->setVisible(has);
    if (!has) {
        return;
    }
    const RowDifference& difference = m_rows[static_cast<std::size_t>(row)];
    m_detailTitle->setText(RowWords::rowName(difference.row));
    QStringList fields;
    for (const project::RowChange& change : difference.fields) {
        fields << tr("%1: %2 → %3", "field, before, after")
                      .arg(RowWords::field(change.field), RowWords::value(change.field, change.before),
                           RowWords::value(change.field, change.after));
    }
    m_fields->setText(fields.join(u'\n'));
    m_fields->setVisible(!fields.isEmpty());
    m_detail->setTexts(difference.before.empty() ? QString() : readable(difference.before),
                       difference.after.empty() ? QString() : readable(difference.after));
}

void VersionsPage::rename() {
    const std::string id = chosen(m_from);
    const QString name = m_name->text().trimmed();
    if (name.isEmpty()) {
        m_name->setPlaceholderText(tr("Type the new name here, then press Rename"));
        m_name->setFocus(Qt::OtherFocusReason);
        return;
    }
    presenter().rows().ask<bool>(
        "rename a version", this,
        [id = std::stoll(id), name = us(name)](project::RowStore& rows, jobs::JobContext&) -> Result<bool> {
            FETTLE_TRY(rows.renameVersion(id, name));
            return true;
        },
        [this](Result<bool> done) {
            if (done) {
                m_name->clear();
                readVersions();
            } else {
                showError(tr("Renaming a version"), done.error());
            }
        });
}

} // namespace fettle::ui
