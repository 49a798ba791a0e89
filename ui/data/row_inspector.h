// One row whole, for the side panel: its conversation, its tokens as a model sees them, its fields as JSON, its
// history, and edits of it. No widget.
#pragma once

#include "data/row_xray.h"
#include "workspace/project_rows.h"

#include <QObject>

#include <optional>

namespace fettle::ui {

class Workspace;

/// A message as a bubble shows it.
struct RowMessage {
    QString role;    // "user", "assistant", … as in the file
    QString caption; // in words
    QString text;
    QString extra; // tool calls, name, weight 0: what else the message holds, in words
    bool answer = false;
    /// How it is edited: Message with `index`, Answer, or None where it cannot be edited in place.
    project::RowField field = project::RowField::None;
    int index = 0;
};
/// The messages of any kind of row. What is no message (a text, ids) is one bubble.
[[nodiscard]] QVector<RowMessage> messagesOf(const data::Sample& sample);

/// Thread: GUI.
class RowInspector : public QObject {
    Q_OBJECT
public:
    explicit RowInspector(Workspace& workspace, QObject* parent = nullptr);

    void show(project::RowId id); // 0 = none
    void reload();
    [[nodiscard]] project::RowId id() const { return m_id; }
    [[nodiscard]] bool reading() const { return m_reading; }
    /// Of id(); while another row is read the one before stays.
    [[nodiscard]] const std::optional<project::RowDetails>& details() const { return m_details; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] RowXray& xray() { return *m_xray; }

    void readHistory();
    [[nodiscard]] const std::optional<std::vector<project::RowChange>>& history() const { return m_history; }

    /// Edits of the row that shows; false = nothing to do. Errors of typed rows come by editRefused.
    bool editMessage(const RowMessage& message, const QString& text);
    bool editJson(const QString& text);
    void setComment(const QString& text);
    [[nodiscard]] QString json() const; // pretty, of the row that shows

Q_SIGNALS:
    void changed();
    void historyChanged();
    void editTaken();
    void editRefused(const fettle::Error& error);

private:
    Workspace& m_workspace;
    ProjectRows& m_rows;
    std::unique_ptr<RowXray> m_xray;
    project::RowId m_id = 0;
    bool m_reading = false;
    std::optional<project::RowDetails> m_details;
    std::optional<Error> m_error;
    std::optional<std::vector<project::RowChange>> m_history;
};

} // namespace fettle::ui
