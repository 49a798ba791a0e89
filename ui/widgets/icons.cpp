#include "widgets/icons.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString pathOf(const QString& name) {
    return u":/fettle/icons/"_s % name % u".svg"_s;
}

QByteArray drawing(const QString& name) {
    static QHash<QString, QByteArray> cache; // GUI thread
    const auto found = cache.constFind(name);
    if (found != cache.constEnd()) {
        return *found;
    }
    QFile file(pathOf(name));
    QByteArray bytes;
    if (file.open(QIODevice::ReadOnly)) {
        bytes = file.readAll();
    } else {
        qWarning("icon %s does not exist", qPrintable(name));
    }
    cache.insert(name, bytes);
    return bytes;
}

class ThemeIconEngine : public QIconEngine {
public:
    ThemeIconEngine(QString name, Token role)
        : m_name(std::move(name))
        , m_role(role) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        paintIcon(*painter, m_name, QRectF(rect), colorFor(mode));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal) override {
        // `size` is in device pixels already.
        const QColor color = colorFor(mode);
        const QString key = u"fettle-icon:%1:%2:%3x%4"_s.arg(m_name, color.name()).arg(size.width()).arg(size.height());
        QPixmap pixmap;
        if (!QPixmapCache::find(key, &pixmap)) {
            pixmap = QPixmap(size);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            paintIcon(painter, m_name, QRectF(QPointF(), QSizeF(size)), color);
            painter.end();
            QPixmapCache::insert(key, pixmap);
        }
        return pixmap;
    }

    QIconEngine* clone() const override { return new ThemeIconEngine(*this); }
    QString key() const override { return u"fettle"_s; }
    bool isNull() override { return false; }

private:
    QColor colorFor(QIcon::Mode mode) const {
        return Theme::current().color(mode == QIcon::Disabled ? Token::Text3 : m_role);
    }

    QString m_name;
    Token m_role;
};

} // namespace

bool iconExists(const QString& name) {
    return QFile::exists(pathOf(name));
}

QIcon themeIcon(const QString& name, Token role) {
    return QIcon(new ThemeIconEngine(name, role));
}

void paintIcon(QPainter& painter, const QString& name, const QRectF& rect, const QColor& color) {
    QByteArray svg = drawing(name);
    svg.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    renderer.render(&painter, rect);
}

} // namespace fettle::ui
