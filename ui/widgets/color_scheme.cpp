#include "widgets/color_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
const QString kService = u"org.freedesktop.portal.Desktop"_s;
const QString kPath = u"/org/freedesktop/portal/desktop"_s;
const QString kInterface = u"org.freedesktop.portal.Settings"_s;
const QString kSpace = u"org.freedesktop.appearance"_s;
const QString kKey = u"color-scheme"_s;
} // namespace

PortalColorScheme::PortalColorScheme(Theme& theme, QObject* parent)
    : QObject(parent)
    , m_theme(theme) {
    // No bus address means no session bus: connecting would try to launch one.
    if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) {
        return;
    }
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(kService, kPath, kInterface, u"SettingChanged"_s, this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage ask = QDBusMessage::createMethodCall(kService, kPath, kInterface, u"Read"_s);
    ask << kSpace << kKey;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (!reply.isError()) {
            use(schemeFromVariant(reply.value().variant()));
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

void PortalColorScheme::settingChanged(const QString& space, const QString& key, const QDBusVariant& value) {
    if (space == kSpace && key == kKey) {
        use(schemeFromVariant(value.variant()));
    }
}

void PortalColorScheme::use(int scheme) {
    if (scheme != 0) {
        m_theme.setSystemScheme(scheme == 1 ? Scheme::Dark : Scheme::Light);
    }
}

} // namespace fettle::ui
