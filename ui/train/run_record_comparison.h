// Two runs side by side: the settings of their recipes by dotted key, and what they ran on and from. Read in a job;
// tables without a view.
#pragma once

#include "base/json.h"
#include "bridge/courier.h"
#include "bridge/strings.h"
#include "jobs/job_system.h"

#include <QAbstractTableModel>
#include <QObject>
#include <QVector>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct ComparisonRow {
    QString title, key;        // "Learning rate", "optimizer.learning_rate"
    QString left, right;       // as people read them
    QString leftRaw, rightRaw; // as they stand in the recipe: for the clipboard
    bool differs = false;
};
/// Every setting that either recipe has, in the order of the field table, those that no table knows at the end; the
/// folder of the run is none.
[[nodiscard]] QVector<ComparisonRow> compareRecipes(const Json& left, const Json& right);

/// Setting, left, right.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Left, Right, ColumnCount };
    /// What stands for a row on the clipboard: its dotted key or its title.
    enum class Names { Keys, Titles };
    ComparisonModel(const QString& nameTitle, Names names, QObject* parent = nullptr);
    void setRows(const QVector<ComparisonRow>& rows, const QString& leftTitle, const QString& rightTitle);
    void setOnlyDifferent(bool only);
    [[nodiscard]] const QVector<ComparisonRow>& shownRows() const { return m_shown; }
    [[nodiscard]] int differences() const;
    [[nodiscard]] int total() const { return static_cast<int>(m_rows.size()); }
    /// Lines of key, left and right with tabs between, what shows.
    [[nodiscard]] QString text() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void choose();
    [[nodiscard]] QString nameOf(const ComparisonRow& row) const;
    Names m_names;
    QString m_nameTitle, m_leftTitle, m_rightTitle;
    QVector<ComparisonRow> m_rows, m_shown;
    bool m_only = true;
};

/// Thread: GUI.
class RunComparison : public QObject {
    Q_OBJECT
public:
    explicit RunComparison(Workspace& workspace, QObject* parent = nullptr);
    ~RunComparison() override;

    void compare(const QString& left, const QString& right);
    [[nodiscard]] QString left() const { return m_left; }
    [[nodiscard]] QString right() const { return m_right; }
    void setOnlyDifferent(bool only);
    [[nodiscard]] bool reading() const { return m_job != nullptr; }
    [[nodiscard]] const std::optional<ErrorText>& fault() const { return m_fault; }
    /// "4 of 41 settings differ", "The recipes are the same".
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] QString originsSentence() const;
    [[nodiscard]] ComparisonModel& settings() { return m_settings; }
    [[nodiscard]] ComparisonModel& origins() { return m_origins; }
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void changed();

private:
    Workspace& m_workspace;
    Courier m_courier;
    ComparisonModel m_settings, m_origins;
    QString m_left, m_right;
    std::optional<ErrorText> m_fault;
    std::uint64_t m_number = 0;             // late answers of an older reading are dropped
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
};

} // namespace fettle::ui
