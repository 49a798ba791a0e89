// Settings of the program: one key table with type, default and reset group, typed access and a change signal over
// QSettings. Core never reads them.
#pragma once

#include "widgets/theme.h"

#include <QLocale>
#include <QObject>
#include <QVariant>

#include <memory>
#include <span>

class QSettings;

namespace fettle::ui {

enum class Setting {
    LookTheme,
    LookDensity,
    LookPointSize,
    LookSystemFont,
    LookLanguage,
    LookReduceMotion,
    TrainApart,
    TrainNice,
    NotifyEnded,
    WindowGeometry,
    WindowMaximised,
    RunsHeights,
    LastProject,
    LastScreen,
    TrainMeasure,
    ChartsShown,     // ids of the small charts in their order; "" = the usual ones
    ChartsWide,      // ids of those that are twice as wide
    ChartsAxis,      // step, tokens, epoch, seconds
    ChartsSmoothing, // of the loss
    ChartsLog,       // ids of charts with a logarithmic axis
    ChartsTrimmed,   // ids of charts that ignore outliers
    ChartsHeight,    // share of the loss chart in the height of the board
    Count
};

enum class SettingGroup { Look, Train, Window };

struct SettingRow {
    Setting setting;
    const char* key; // "look.theme"
    SettingGroup group;
    const char* fallback; // as text; "" for bytes and maps
};
[[nodiscard]] std::span<const SettingRow> settingTable();

/// Thread: GUI. A value of the wrong type or out of range in the file reads as the default.
class Settings : public QObject {
    Q_OBJECT
public:
    /// `file`: an ini file; its folder is made when first written.
    explicit Settings(const QString& file, QObject* parent = nullptr);
    ~Settings() override;
    /// In a temporary file that goes away with it.
    [[nodiscard]] static std::unique_ptr<Settings> createTemporary();

    [[nodiscard]] QVariant value(Setting setting) const;
    void setValue(Setting setting, const QVariant& value);
    void reset(SettingGroup group);
    /// A value for this start only, given by the command line; shown as such and not written.
    void overrideValue(Setting setting, const QVariant& value);
    [[nodiscard]] bool overridden(Setting setting) const;

    [[nodiscard]] SchemeChoice scheme() const;
    void setScheme(SchemeChoice choice);
    [[nodiscard]] Density density() const;
    void setDensity(Density density);
    [[nodiscard]] int pointSize() const; // 0 = system's
    void setPointSize(int points);
    [[nodiscard]] QString language() const; // "auto", "en", "zh_CN"
    /// The language to show: the setting, or guessed from the system's languages.
    [[nodiscard]] QLocale shownLocale() const;
    [[nodiscard]] Look look() const;

Q_SIGNALS:
    void changed(fettle::ui::Setting setting);

private:
    std::unique_ptr<QSettings> m_store;
    std::unique_ptr<QObject> m_temporary;
    QHash<int, QVariant> m_overrides;
};

} // namespace fettle::ui
