// Home: the project to continue, this machine, ways to begin, recent projects. Also the first-run page. Lays out and
// forwards; what it says is HomePresenter's.
#pragma once

#include "home/home_presenter.h"
#include "plot/mini_curve.h"
#include "shell/screen.h"
#include "widgets/frames.h"
#include "widgets/status.h"
#include "widgets/table.h"

class QGridLayout;
class QLineEdit;

namespace fettle::ui {

/// Recent projects as a table.
class RecentModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Model, Runs, Best, Opened, ColumnCount };
    explicit RecentModel(const Workspace& workspace, QObject* parent = nullptr)
        : QAbstractTableModel(parent)
        , m_workspace(workspace) {}
    void setCards(const QVector<ProjectCard>& cards);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const Workspace& m_workspace; // names models
    QVector<ProjectCard> m_cards;
};

class HomePage : public Screen {
    Q_OBJECT
public:
    HomePage(const ShellContext& context, HomePresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const override;
    [[nodiscard]] QWidget* firstFocus() const override;
    void entered() override;
    void showPart(const QString& part) override; // "new"

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void refreshCurve();
    void create();
    void arrange();
    Card* makeCurrent();
    Card* makeMachine();
    QFrame* makeStart(const QString& icon, const QString& title, const QString& text, QPushButton* button,
                      const QString& note);
    Card* makeRead();

    ShellContext m_context;
    HomePresenter& m_presenter;
    PageHeader* m_header;
    QGridLayout* m_grid;
    Card* m_current;
    Label* m_name;
    ElidedLabel* m_sentence;
    QVector<QPair<Label*, Label*>> m_facts;
    QWidget* m_curveBox;
    MiniCurve* m_curve;
    Label* m_curveLeft;
    Label* m_curveRight;
    QPushButton* m_open;
    Card* m_machine;
    QVector<Label*> m_machineValues;
    QFrame* m_sample;
    QPushButton* m_sampleButton;
    QFrame* m_new;
    QPushButton* m_newButton;
    QWidget* m_newForm;
    QLineEdit* m_newName;
    Label* m_newFault;
    QFrame* m_drop;
    Label* m_dropText;
    Card* m_read;
    Card* m_recentCard;
    DataTable* m_recent;
    RecentModel* m_recentModel;
};

[[nodiscard]] ScreenSpec homeScreen(const ShellContext& context, HomePresenter& presenter);

} // namespace fettle::ui
