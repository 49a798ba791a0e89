// The left rail: project switcher, screens, help and settings at the foot. Painted buttons; up and down move; icons
// only in narrow windows.
#pragma once

#include "shell/screen.h"
#include "widgets/theme.h"

#include <QAbstractButton>
#include <QFrame>
#include <QVector>

class QButtonGroup;
class QVBoxLayout;

namespace fettle::ui {

class RailItem : public QAbstractButton {
    Q_OBJECT
public:
    RailItem(const QString& icon, const QString& text, QWidget* parent = nullptr);
    void setFact(const QString& fact);
    void setSign(State sign);
    void setNarrow(bool narrow);
    [[nodiscard]] QString fact() const { return m_fact; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QString m_icon, m_fact;
    State m_sign = State::Neutral;
    bool m_narrow = false;
};

/// Logo, project name, model; opens the list of projects.
class ProjectSwitcher : public QAbstractButton {
    Q_OBJECT
public:
    explicit ProjectSwitcher(QWidget* parent = nullptr);
    void setProject(const QString& name, const QString& model);
    void setNarrow(bool narrow);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name, m_model;
    bool m_narrow = false;
};

class Rail : public QFrame {
    Q_OBJECT
public:
    Rail(const ShellContext& context, const QVector<ScreenSpec>& screens, QWidget* parent = nullptr);
    void setCurrent(const QString& screen);
    void setNarrow(bool narrow);
    [[nodiscard]] bool isNarrow() const { return m_narrow; }
    void refresh(); // facts and visibility
    void focusCurrent(Qt::FocusReason reason);

Q_SIGNALS:
    void chosen(const QString& id);
    void commandWanted(fettle::ui::Command command);

private:
    void showProjects();
    void focusNext(RailItem* from, int step);
    bool eventFilter(QObject* watched, QEvent* event) override;

    ShellContext m_context;
    QVector<ScreenSpec> m_screens;
    ProjectSwitcher* m_switcher;
    QButtonGroup* m_group;
    QVector<RailItem*> m_items;
    bool m_narrow = false;
};

} // namespace fettle::ui
