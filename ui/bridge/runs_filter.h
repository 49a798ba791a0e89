// The runs a person wants to see, in the order they want: by words, state, tag, archive, and one of a few orders.
#pragma once

#include "bridge/runs_model.h"

#include <QSortFilterProxyModel>
#include <QStringList>

namespace fettle::ui {

enum class RunsShown { All, Live, Succeeded, EndedEarly, Failed };
enum class RunsOrder { Newest, Name, ValidationLoss, Speed };

class RunsFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit RunsFilter(RunsModel& runs, QObject* parent = nullptr);
    /// Words that must all occur in name, recipe line, tags, note or id; case does not matter.
    void setWords(const QString& words);
    void setShown(RunsShown shown);
    void setTag(const QString& tag); // "" = all
    void setArchived(bool archived); // the archive instead of what is outside of it
    void setOrder(RunsOrder order);
    [[nodiscard]] RunsOrder order() const { return m_order; }
    [[nodiscard]] bool filters() const; // something is hidden on purpose
    void clear();
    /// Tags of all runs, sorted for people.
    [[nodiscard]] QStringList tags() const;
    [[nodiscard]] int archivedCount() const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    void changed();
    RunsModel& m_runs;
    QStringList m_words;
    RunsShown m_shown = RunsShown::All;
    QString m_tag;
    bool m_archived = false;
    RunsOrder m_order = RunsOrder::Newest;
};

} // namespace fettle::ui
