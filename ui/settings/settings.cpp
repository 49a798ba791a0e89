#include "settings/settings.h"

#include <QSettings>
#include <QTemporaryDir>

#include <algorithm>
#include <array>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array kTable = {
    SettingRow{Setting::LookTheme, "look/theme", SettingGroup::Look, "system"},
    SettingRow{Setting::LookDensity, "look/density", SettingGroup::Look, "comfortable"},
    SettingRow{Setting::LookPointSize, "look/point_size", SettingGroup::Look, "0"},
    SettingRow{Setting::LookSystemFont, "look/system_font", SettingGroup::Look, "false"},
    SettingRow{Setting::LookLanguage, "look/language", SettingGroup::Look, "auto"},
    SettingRow{Setting::LookReduceMotion, "look/reduce_motion", SettingGroup::Look, "false"},
    SettingRow{Setting::TrainApart, "train/apart", SettingGroup::Train, "false"},
    SettingRow{Setting::TrainNice, "train/nice", SettingGroup::Train, "false"},
    SettingRow{Setting::NotifyEnded, "train/notify_ended", SettingGroup::Train, "true"},
    SettingRow{Setting::WindowGeometry, "window/geometry", SettingGroup::Window, ""},
    SettingRow{Setting::WindowMaximised, "window/maximised", SettingGroup::Window, "false"},
    SettingRow{Setting::RunsHeights, "window/runs_heights", SettingGroup::Window, ""},
    SettingRow{Setting::LastProject, "window/last_project", SettingGroup::Window, ""},
    SettingRow{Setting::LastScreen, "window/last_screen", SettingGroup::Window, "home"},
    SettingRow{Setting::TrainMeasure, "train/measure_by_itself", SettingGroup::Window, "false"},
    SettingRow{Setting::ChartsShown, "charts/shown", SettingGroup::Window, ""},
    SettingRow{Setting::ChartsWide, "charts/wide", SettingGroup::Window, ""},
    SettingRow{Setting::ChartsAxis, "charts/axis", SettingGroup::Window, "step"},
    SettingRow{Setting::ChartsSmoothing, "charts/smoothing", SettingGroup::Window, "0.9"},
    SettingRow{Setting::ChartsLog, "charts/log", SettingGroup::Window, ""},
    SettingRow{Setting::ChartsTrimmed, "charts/trimmed", SettingGroup::Window, "tokens_per_s"},
    SettingRow{Setting::ChartsHeight, "charts/height", SettingGroup::Window, "0.7"},
};
static_assert(kTable.size() == static_cast<std::size_t>(Setting::Count));

/// Owns the folder of temporary settings.
class TemporaryFolder : public QObject {
public:
    QTemporaryDir folder;
};

} // namespace

std::span<const SettingRow> settingTable() {
    return kTable;
}

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent)
    , m_store(std::make_unique<QSettings>(file, QSettings::IniFormat)) {}

Settings::~Settings() {
    m_store.reset(); // writes what is pending before the folder may go
}

std::unique_ptr<Settings> Settings::createTemporary() {
    auto folder = std::make_unique<TemporaryFolder>();
    auto settings = std::make_unique<Settings>(folder->folder.filePath(u"settings.ini"_s));
    settings->m_temporary = std::move(folder);
    return settings;
}

QVariant Settings::value(Setting setting) const {
    if (const auto found = m_overrides.constFind(static_cast<int>(setting)); found != m_overrides.constEnd()) {
        return *found;
    }
    const SettingRow& row = kTable[static_cast<std::size_t>(setting)];
    const QVariant fallback = *row.fallback == '\0' ? QVariant() : QVariant(QString::fromLatin1(row.fallback));
    return m_store->value(QString::fromLatin1(row.key), fallback);
}

void Settings::setValue(Setting setting, const QVariant& wanted) {
    const SettingRow& row = kTable[static_cast<std::size_t>(setting)];
    m_overrides.remove(static_cast<int>(setting)); // a choice made in the window wins from now on
    if (m_store->value(QString::fromLatin1(row.key)) == wanted) {
        Q_EMIT changed(setting);
        return;
    }
    m_store->setValue(QString::fromLatin1(row.key), wanted);
    Q_EMIT changed(setting);
}

void Settings::reset(SettingGroup group) {
    for (const SettingRow& row : kTable) {
        if (row.group == group) {
            m_overrides.remove(static_cast<int>(row.setting));
            m_store->remove(QString::fromLatin1(row.key));
        }
    }
    for (const SettingRow& row : kTable) {
        if (row.group == group) {
            Q_EMIT changed(row.setting);
        }
    }
}

void Settings::overrideValue(Setting setting, const QVariant& wanted) {
    m_overrides.insert(static_cast<int>(setting), wanted);
    Q_EMIT changed(setting);
}

bool Settings::overridden(Setting setting) const {
    return m_overrides.contains(static_cast<int>(setting));
}

SchemeChoice Settings::scheme() const {
    const QString name = value(Setting::LookTheme).toString();
    return name == u"light" ? SchemeChoice::Light : name == u"dark" ? SchemeChoice::Dark : SchemeChoice::System;
}

void Settings::setScheme(SchemeChoice choice) {
    setValue(Setting::LookTheme, choice == SchemeChoice::Light  ? u"light"_s
                                 : choice == SchemeChoice::Dark ? u"dark"_s
                                                                : u"system"_s);
}

Density Settings::density() const {
    return value(Setting::LookDensity).toString() == u"compact" ? Density::Compact : Density::Comfortable;
}

void Settings::setDensity(Density density) {
    setValue(Setting::LookDensity, density == Density::Compact ? u"compact"_s : u"comfortable"_s);
}

int Settings::pointSize() const {
    bool ok = false;
    const int points = value(Setting::LookPointSize).toInt(&ok);
    return ok && points >= 8 && points <= 20 ? points : 0;
}

void Settings::setPointSize(int points) {
    setValue(Setting::LookPointSize, points == 0 ? 0 : std::clamp(points, 8, 20));
}

QString Settings::language() const {
    const QString name = value(Setting::LookLanguage).toString();
    return name == u"en" || name == u"zh_CN" ? name : u"auto"_s;
}

QLocale Settings::shownLocale() const {
    const QString name = language();
    if (name == u"zh_CN") {
        return QLocale(QLocale::Chinese, QLocale::SimplifiedHanScript, QLocale::China);
    }
    if (name == u"en") {
        return QLocale(QLocale::English, QLocale::UnitedStates);
    }
    for (const QString& language : QLocale::system().uiLanguages()) {
        if (language.startsWith(u"zh")) {
            return QLocale(QLocale::Chinese, QLocale::SimplifiedHanScript, QLocale::China);
        }
        if (language.startsWith(u"en")) {
            break;
        }
    }
    return QLocale(QLocale::English, QLocale::UnitedStates);
}

Look Settings::look() const {
    return {.scheme = scheme(),
            .density = density(),
            .pointSize = pointSize(),
            .systemFont = value(Setting::LookSystemFont).toBool(),
            .chinese = shownLocale().language() == QLocale::Chinese,
            .reduceMotion = value(Setting::LookReduceMotion).toBool()};
}

} // namespace fettle::ui
