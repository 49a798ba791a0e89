#include "train/token_rows.h"

#include "bridge/strings.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

TokenRows::TokenRows(RowReader& reader, Choice choice, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_reader(reader)
    , m_choice(choice)
    , m_name(name)
    , m_status(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_source(new ChoiceGroup(GroupLook::Segments, tr("Which losses")))
    , m_head(new QWidget)
    , m_legend(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_list(new QVBoxLayout) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2));
    m_source->addChoice(static_cast<int>(RowReader::Source::AtFailure), tr("When it failed"), name % u".at_failure"_s);
    m_source->addChoice(static_cast<int>(RowReader::Source::AtCheckpoint), tr("At the checkpoint"),
                        name % u".at_checkpoint"_s);
    auto* head = new QHBoxLayout(m_head);
    head->setContentsMargins(0, 0, 0, 0);
    head->setSpacing(theme.u(3));
    head->addWidget(m_legend, 1);
    head->addWidget(m_source);
    column->addWidget(m_head);
    column->addWidget(m_status);
    m_status->setObjectName(name % u".status"_s);
    m_list->setSpacing(theme.u(3));
    column->addLayout(m_list);
    connect(m_source, &ChoiceGroup::chosen, this,
            [this](int id) { m_reader.setSource(static_cast<RowReader::Source>(id)); });
    connect(&reader, &RowReader::changed, this, &TokenRows::refresh);
    refresh();
}

QVector<std::int64_t> TokenRows::chosen() const {
    QVector<std::int64_t> out(m_chosen.begin(), m_chosen.end());
    std::sort(out.begin(), out.end());
    return out;
}

void TokenRows::setChosen(const QVector<std::int64_t>& rows) {
    m_chosen = QSet<std::int64_t>(rows.begin(), rows.end());
    for (const Line& line : m_lines) {
        const QSignalBlocker quiet(line.tick);
        line.tick->setChecked(m_chosen.contains(line.sample));
    }
    Q_EMIT chosenChanged();
}

TokenRows::Line TokenRows::makeLine() {
    const Theme& theme = Theme::current();
    Line line{};
    line.box = new QWidget;
    auto* column = new QVBoxLayout(line.box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(1));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.u(2));
    line.tick = new QCheckBox;
    line.title = new Label({}, FontRole::BodyStrong);
    line.facts = new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes);
    head->addWidget(line.tick);
    head->addWidget(line.title);
    head->addWidget(line.facts, 1);
    column->addLayout(head);
    line.tokens = new TokenView;
    column->addWidget(line.tokens);
    line.tick->setVisible(m_choice == Choice::Yes);
    m_list->addWidget(line.box);
    connect(line.tick, &QCheckBox::toggled, this, [this, tick = line.tick](bool on) {
        for (const Line& each : std::as_const(m_lines)) {
            if (each.tick == tick) {
                if (on) {
                    m_chosen.insert(each.sample);
                } else {
                    m_chosen.remove(each.sample);
                }
            }
        }
        Q_EMIT chosenChanged();
    });
    return line;
}

void TokenRows::refresh() {
    const Theme& theme = Theme::current();
    const bool both = m_reader.has(RowReader::Source::AtFailure) && m_reader.has(RowReader::Source::AtCheckpoint);
    m_source->setVisible(both);
    m_source->setCurrent(static_cast<int>(m_reader.source()));
    const double scale = m_reader.scale();
    const bool losses = m_reader.has(m_reader.source());
    m_legend->setText(losses ? tr("Darker = higher loss, up to %1. A struck red token has a loss that is not a number.")
                                   .arg(Format::score(scale))
                             : QString());
    m_head->setVisible(losses);
    QString status;
    Tone tone = Tone::Text2;
    switch (m_reader.phase()) {
    case RowReader::Phase::Nothing:
        break;
    case RowReader::Phase::Reading:
        status = tr("Reading the rows…");
        break;
    case RowReader::Phase::Waiting:
        status = tr("The losses of their tokens follow when the processor is free.");
        break;
    case RowReader::Phase::Scoring:
        status = tr("Measuring the losses of their tokens…");
        break;
    case RowReader::Phase::Done:
        if (m_reader.error()) {
            status = tr("Their losses could not be measured: %1").arg(describe(*m_reader.error()).what);
            tone = Tone::Warn;
        } else if (m_reader.rows().isEmpty()) {
            status = tr("These rows are no longer in the data.");
        } else if (m_reader.notShown() > 0) {
            status = tr("%Ln more row(s) are not shown.", nullptr, static_cast<int>(m_reader.notShown()));
        }
        break;
    case RowReader::Phase::Failed:
        if (m_reader.error()) {
            const ErrorText said = describe(*m_reader.error());
            status = tr("The rows could not be read: %1").arg(said.details.isEmpty() ? said.what : said.details);
        }
        tone = Tone::Warn;
        break;
    }
    m_status->setText(status);
    m_status->setTone(tone);
    m_status->setVisible(!status.isEmpty());
    while (m_lines.size() > m_reader.rows().size()) {
        const Line line = m_lines.takeLast();
        m_list->removeWidget(line.box);
        line.box->hide();
        line.box->deleteLater();
    }
    for (qsizetype i = 0; i < m_reader.rows().size(); ++i) {
        if (i >= m_lines.size()) {
            m_lines.append(makeLine());
        }
        Line& line = m_lines[i];
        const ReadRow& row = m_reader.rows()[i];
        line.sample = row.sample;
        const QString title = tr("Row %1").arg(Format::exactCount(row.sample));
        line.title->setText(title);
        QStringList facts{row.place, tr("%Ln token(s)", nullptr, static_cast<int>(row.tokens))};
        if (row.longest) {
            facts << tr("the longest here");
        }
        if (row.loss) {
            facts << tr("loss %1").arg(Format::loss(row.loss));
        }
        if (row.bad > 0) {
            facts << tr("%Ln token(s) without a number", nullptr, row.bad);
        }
        if (row.odd.control > 0) {
            facts << tr("%Ln control character(s)", nullptr, static_cast<int>(row.odd.control));
        }
        if (row.odd.replacement > 0) {
            facts << tr("%Ln damaged character(s)", nullptr, static_cast<int>(row.odd.replacement));
        }
        if (row.odd.invisible > 0) {
            facts << tr("%Ln invisible character(s)", nullptr, static_cast<int>(row.odd.invisible));
        }
        if (row.odd.longestRun >= train::OddText::kLongRun) {
            facts << tr("one character %Ln times in a row", nullptr, static_cast<int>(row.odd.longestRun));
        }
        line.facts->setText(facts.join(u" · "_s));
        line.facts->setTone(row.bad > 0 ? Tone::Bad : Tone::Text2);
        line.tick->setAccessibleName(tr("Leave out row %1").arg(Format::exactCount(row.sample)));
        line.tick->setToolTip(line.tick->accessibleName());
        line.tick->setObjectName(m_name % u".tick."_s % QString::number(row.sample));
        const QSignalBlocker quiet(line.tick);
        line.tick->setChecked(m_chosen.contains(row.sample));
        line.tokens->setObjectName(m_name % u".tokens."_s % QString::number(row.sample));
        line.tokens->setLossScale(losses ? std::optional<double>(scale) : std::nullopt);
        line.tokens->setTokens(row.shown.tokens);
        line.tokens->setAccessibleName(tr("Tokens of row %1").arg(Format::exactCount(row.sample)));
        const int wide = std::max(theme.u(60), width());
        line.tokens->setFixedHeight(std::clamp(line.tokens->heightFor(wide) + theme.u(2), theme.u(8), theme.u(44)));
    }
}

} // namespace fettle::ui
