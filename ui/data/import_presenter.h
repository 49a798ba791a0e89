// Importing a file, without a widget: what it is, what its columns become, what the import would change, then the
// import itself with its progress. Nothing is written before the person says so.
#pragma once

#include "workspace/project_rows.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct ImportState {
    enum class Phase { Nothing, Looking, Ready, Unusable, Importing, Done, Failed };
    Phase phase = Phase::Nothing;
    QString file, path;
    QString facts;    // "CSV, UTF-8 with BOM, 6,252 rows"
    QString counts;   // "6,240 good rows: 5,902 new · 212 changed · 126 same"
    QString rejected; // "12 rows cannot be read"; "" = all can
    QString problem, remedy;
    QString button; // "Import 6,240 rows"
    std::optional<double> fraction;
    QString progress, timeLeft;
    bool canImport = false;
    bool known = false; // the file was imported before: removed rows are a question
};

/// Thread: GUI.
class ImportPresenter : public QObject {
    Q_OBJECT
public:
    explicit ImportPresenter(Workspace& workspace, QObject* parent = nullptr);
    ~ImportPresenter() override;

    void open(const QString& path);
    void close();
    void setFormat(const QString& format); // "auto" or a name of formats()
    /// None: as the format says, for all columns.
    void setRole(int column, project::ColumnRole role);
    /// Whether the format reads its own keys and no column was given a role.
    [[nodiscard]] bool asFormatSays() const {
        return m_request.mapping.empty() && m_preview && m_preview->goodRows > 0;
    }
    void setSplit(project::Split split);
    void setGone(project::ImportRequest::Gone gone);
    void start();
    void cancel();
    /// The faults seen so far as a list: line, key, code, reason (CSV). Of an import that is done: the rows themselves,
    /// to be repaired and imported again.
    void saveList(const QString& path);

    [[nodiscard]] ImportState state() const;
    [[nodiscard]] const std::optional<project::ImportPreview>& preview() const { return m_preview; }
    [[nodiscard]] const project::ImportRequest& request() const { return m_request; }
    [[nodiscard]] const std::optional<project::ImportDone>& done() const { return m_done; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] static QStringList formats();

Q_SIGNALS:
    void changed();
    void previewChanged();
    void imported(const fettle::project::ImportDone& done);
    void listSaved(const QString& path, qint64 rows);
    void failed(const QString& action, const fettle::Error& error);

private:
    void look();
    void compare();

    Workspace& m_workspace;
    ProjectRows& m_rows;
    project::ImportRequest m_request;
    std::optional<project::ImportPreview> m_preview;
    std::optional<project::ImportDifference> m_difference;
    std::optional<project::ImportDone> m_done;
    std::optional<project::ImportProgress> m_progress;
    std::optional<Error> m_error;
    bool m_known = false;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    project::StoreTaskPtr m_comparing, m_importing;
    std::uint64_t m_question = 0;
    QTimer m_pause;
};

} // namespace fettle::ui
