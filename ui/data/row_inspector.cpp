#include "data/row_inspector.h"

#include "base/json.h"
#include "bridge/strings.h"
#include "data/row_words.h"
#include "workspace/workspace.h"

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowDetails;
using project::RowField;

namespace {

class Messages {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::Messages)
};

QString textOf(const Json& content) {
    if (content.is_string()) {
        return qs(content.get<std::string>());
    }
    return content.is_null() ? QString() : qs(dumpJsonPretty(content)).trimmed();
}

/// What a message holds beside role and content.
QString extraOf(const Json& message) {
    QStringList out;
    for (const auto& [key, value] : message.items()) {
        if (key == "role" || key == "content" || value.is_null()) {
            continue;
        }
        if (key == "weight" && value.is_number() && value.get<double>() == 0) {
            out << Messages::tr("not trained (weight 0)");
        } else if (key == "name" && value.is_string()) {
            out << Messages::tr("name %1").arg(qs(value.get<std::string>()));
        } else {
            out << QString(qs(key) % u": "_s %
                           (value.is_string() ? qs(value.get<std::string>()) : qs(dumpJson(value))));
        }
    }
    return out.join(u'\n');
}

void addMessages(QVector<RowMessage>& out, const Json& list, bool editable) {
    for (const Json& each : list) {
        RowMessage message;
        message.role =
            each.contains("role") && each["role"].is_string() ? qs(each["role"].get<std::string>()) : QString();
        message.caption = RowWords::role(message.role);
        const bool plain = each.contains("content") && each["content"].is_string();
        message.text = each.contains("content") ? textOf(each["content"]) : QString();
        message.extra = extraOf(each);
        message.answer = message.role == u"assistant";
        message.index = static_cast<int>(out.size());
        message.field = editable && plain ? RowField::Message : RowField::None;
        out.append(message);
    }
}

} // namespace

QVector<RowMessage> messagesOf(const data::Sample& sample) {
    QVector<RowMessage> out;
    const Json& row = sample.row;
    if (!row.is_object()) {
        return out;
    }
    if (row.contains("messages") && row["messages"].is_array()) {
        addMessages(out, row["messages"], true);
        return out;
    }
    const auto part = [&](const char* key, const QString& caption, const QString& role, bool answer, RowField field) {
        if (!row.contains(key) || row[key].is_null()) {
            return;
        }
        if (row[key].is_array() && !row[key].empty() && row[key].front().is_object()) {
            const qsizetype before = out.size();
            addMessages(out, row[key], true);
            for (qsizetype i = before; i < out.size() && answer; ++i) {
                out[i].caption = caption;
            }
            return;
        }
        RowMessage message;
        message.role = role;
        message.caption = caption;
        message.text = textOf(row[key]);
        message.answer = answer;
        message.index = static_cast<int>(out.size());
        message.field = row[key].is_string() ? field : RowField::None;
        out.append(message);
    };
    part("prompt", RowWords::role(u"user"_s), u"user"_s, false, RowField::Message);
    part("completion", RowWords::role(u"assistant"_s), u"assistant"_s, true, RowField::Answer);
    part("chosen", Messages::tr("Chosen answer"), u"assistant"_s, true, RowField::Answer);
    part("rejected", Messages::tr("Rejected answer"), u"assistant"_s, true, RowField::None);
    part("text", Messages::tr("Text"), u"text"_s, true, RowField::Answer);
    part("ids", Messages::tr("Token ids"), u"ids"_s, false, RowField::None);
    if (row.contains("completions")) {
        part("completions", Messages::tr("Steps"), u"assistant"_s, true, RowField::None);
    }
    return out;
}

RowInspector::RowInspector(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_rows(workspace.rows())
    , m_xray(std::make_unique<RowXray>(workspace)) {}

void RowInspector::show(project::RowId id) {
    if (id == m_id && (id == 0 || m_details)) {
        return;
    }
    m_id = id;
    m_history.reset();
    if (id == 0) {
        m_details.reset();
        m_error.reset();
        m_reading = false;
        m_xray->setSample(std::nullopt);
        Q_EMIT changed();
        return;
    }
    reload();
}

void RowInspector::reload() {
    if (m_id == 0 || m_rows.store() == nullptr) {
        return;
    }
    m_reading = true;
    m_rows.store()->details(project::ReadSlot::Details, m_id,
                            m_rows.answer<RowDetails>(this, [this, id = m_id](Result<RowDetails> details) {
                                if (id != m_id) {
                                    return;
                                }
                                m_reading = false;
                                m_error.reset();
                                if (details) {
                                    const bool same = m_details && m_details->cells.id == details->cells.id &&
                                                      m_details->hash == details->hash &&
                                                      m_details->sample.row == details->sample.row;
                                    m_details = std::move(details).value();
                                    if (!same) {
                                        m_xray->setSample(m_details->sample);
                                    }
                                } else if (details.error().code != ErrorCode::Cancelled) {
                                    m_details.reset();
                                    m_error = details.error();
                                    m_xray->setSample(std::nullopt);
                                }
                                Q_EMIT changed();
                            }));
    if (m_history) {
        readHistory();
    }
}

void RowInspector::readHistory() {
    if (m_id == 0 || m_rows.store() == nullptr) {
        return;
    }
    using Changes = std::vector<project::RowChange>;
    m_rows.store()->history(project::ReadSlot::History, m_id,
                            m_rows.answer<Changes>(this, [this, id = m_id](Result<Changes> changes) {
                                if (id == m_id && changes) {
                                    m_history = std::move(changes).value();
                                    Q_EMIT historyChanged();
                                }
                            }));
}

bool RowInspector::editMessage(const RowMessage& message, const QString& text) {
    if (!m_details || message.field == RowField::None || text == message.text) {
        return false;
    }
    project::EditStep step;
    step.label = us(message.answer ? tr("Edit answer of row %1").arg(RowWords::id(m_id))
                                   : tr("Edit row %1").arg(RowWords::id(m_id)));
    step.edits.push_back({m_id, message.field, us(text), message.index});
    m_rows.apply(
        std::move(step), [this](const project::EditDone&) { Q_EMIT editTaken(); },
        [this](const Error& error) { Q_EMIT editRefused(error); });
    return true;
}

bool RowInspector::editJson(const QString& text) {
    if (!m_details) {
        return false;
    }
    const Result<Json> parsed = parseJson(us(text));
    if (!parsed) {
        Q_EMIT editRefused(parsed.error());
        return true;
    }
    if (parsed.value() == m_details->sample.row) {
        return false;
    }
    project::EditStep step;
    step.label = us(tr("Edit fields of row %1").arg(RowWords::id(m_id)));
    step.edits.push_back({m_id, RowField::Row, dumpJson(parsed.value()), 0});
    m_rows.apply(
        std::move(step), [this](const project::EditDone&) { Q_EMIT editTaken(); },
        [this](const Error& error) { Q_EMIT editRefused(error); });
    return true;
}

void RowInspector::setComment(const QString& text) {
    if (!m_details || us(text) == m_details->comment) {
        return;
    }
    project::EditStep step;
    step.label = us(tr("Comment on row %1").arg(RowWords::id(m_id)));
    step.edits.push_back({m_id, RowField::Comment, us(text), 0});
    m_rows.apply(std::move(step));
}

QString RowInspector::json() const {
    return m_details ? qs(dumpJsonPretty(m_details->sample.row)).trimmed() : QString();
}

} // namespace fettle::ui
