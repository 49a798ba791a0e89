#include "widgets/color_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

const QString kService = u"org.freedesktop.portal.Desktop"_s;
const QString kPath = u"/org/freedesktop/portal/desktop"_s;
const QString kInterface = u"org.freedesktop.portal.Settings"_s;
const QString kSpace = u"org.freedesktop.appearance"_s;
const QString kKey = u"color-scheme"_s;

void use(Theme& theme, int scheme) {
    if (scheme != 0) {
        theme.setSystemScheme(scheme == 1 ? Scheme::Dark : Scheme::Light);
    }
}

/// Receives the portal's signal; its argument types stay out of the header.
class Listener : public QObject {
    Q_OBJECT
public:
    Listener(Theme& theme, QObject* parent)
        : QObject(parent)
        , m_theme(theme) {}

public Q_SLOTS:
    void settingChanged(const QString& space, const QString& key, const QDBusVariant& value) {
        if (space == kSpace && key == kKey) {
            use(m_theme, PortalColorScheme::schemeFromVariant(value.variant()));
        }
    }

private:
    Theme& m_theme;
};

} // namespace

PortalColorScheme::PortalColorScheme(Theme& theme, QObject* parent)
    : QObject(parent) {
    // No bus address means no session bus: connecting would try to launch one.
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) {
        return;
    }
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(kService, kPath, kInterface, u"SettingChanged"_s, new Listener(theme, this),
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage ask = QDBusMessage::createMethodCall(kService, kPath, kInterface, u"Read"_s);
    ask << kSpace << kKey;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [&theme](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (!reply.isError()) {
            use(theme, schemeFromVariant(reply.value().variant()));
        }
        done->deleteLater();
    });
}

int PortalColorScheme::schemeFromVariant(const QVariant& value) {
    QVariant inner = value;
    while (inner.canConvert<QDBusVariant>()) {
        inner = inner.value<QDBusVariant>().variant();
    }
    bool ok = false;
    const uint number = inner.toUInt(&ok);
    return ok && (number == 1 || number == 2) ? static_cast<int>(number) : 0;
}

} // namespace fettle::ui

#include "color_scheme.moc"
