// The head of something that folds: chevron, title, one line of what is inside, a figure at the right.
#pragma once

#include "widgets/theme.h"

#include <QAbstractButton>

namespace fettle::ui {

/// Checked = open.
class FoldHeader : public QAbstractButton {
    Q_OBJECT
public:
    enum class Look { Card, Group };
    FoldHeader(Look look, const QString& title, const QString& name, QWidget* parent = nullptr);
    void setLine(const QString& line);
    /// `accent`: something inside differs from the usual.
    void setFigure(const QString& figure, bool accent);
    [[nodiscard]] QString figure() const { return m_figure; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void nextCheckState() override;

private:
    void describe();
    Look m_look;
    QString m_line, m_figure;
    bool m_accent = false;
};

} // namespace fettle::ui
