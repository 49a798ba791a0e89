// Gradient norms by layer over the steps as a heat map: steps to the right, layers upwards, darker = larger on a
// logarithmic scale. Arrows move a cursor over steps and layers; the read-out says step, layer and norm.
#pragma once

#include "bridge/layer_norms.h"

#include <QImage>
#include <QWidget>

#include <memory>
#include <optional>

namespace fettle::ui {

class LayerMap : public QWidget {
    Q_OBJECT
public:
    explicit LayerMap(QWidget* parent = nullptr);
    /// The numbers are read at each paint; call again when they grew.
    void setNorms(std::shared_ptr<const LayerNorms> norms);
    [[nodiscard]] QString readOut() const; // "" without numbers
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Which step and layer (from 0) the cursor is on; nullopt = none.
    struct Cell {
        qsizetype step = 0;
        int layer = 0;
    };
    [[nodiscard]] std::optional<Cell> cursor() const { return m_cursor; }

Q_SIGNALS:
    void cursorMoved();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    [[nodiscard]] QRect mapArea() const;
    void setCursorTo(qsizetype step, int layer);
    [[nodiscard]] std::optional<Cell> cellAt(const QPointF& point) const;
    void makeImage(const QSize& size);
    void copy() const;

    std::shared_ptr<const LayerNorms> m_norms;
    std::optional<Cell> m_cursor;
    QImage m_image; // one pixel a column and layer
    qsizetype m_imageSteps = -1;
    double m_low = 0, m_high = 0;
};

} // namespace fettle::ui
