// The theme: one table of colour tokens in two columns, the fonts as factors of the application font, the unit u,
// density, and the one style sheet made of them. It is the application's theme as QApplication::palette() is the
// application's palette: made once in main, read by every painted widget.
#pragma once

#include <QApplication>
#include <QColor>
#include <QFont>
#include <QObject>
#include <QString>

#include <span>

namespace fettle::ui {

enum class Token {
    Window,
    Rail,
    Surface,
    Raised,
    Sunken,
    Hover,
    Line,
    LineStrong,
    Text,
    Text2,
    Text3,
    Accent,
    AccentHover,
    AccentPressed,
    OnAccent,
    AccentTint,
    Selected,
    Ok,
    OkTint,
    Warn,
    WarnTint,
    Bad,
    BadTint,
    Special,
    SpecialTint,
    BubbleUser,
    BubbleAnswer,
    Grid,
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
    Count
};

struct TokenRow {
    Token token;
    const char* name; // as the style sheet writes it after @
    const char* light;
    const char* dark;
};
[[nodiscard]] std::span<const TokenRow> tokenTable();

enum class Scheme { Light, Dark };
enum class SchemeChoice { System, Light, Dark };
enum class Density { Comfortable, Compact };

/// Sizes relative to the application font: caption 0.92, body 1, reading 1.12, card heading 1.16, subject 1.5,
/// figure 1.54, page title 1.62.
enum class FontRole { Caption, Body, BodyMedium, BodyStrong, Reading, CardHeading, Subject, Figure, PageTitle };

struct Look {
    SchemeChoice scheme = SchemeChoice::System;
    Density density = Density::Comfortable;
    int pointSize = 0;       // 0 = the system's, clamped to 9–14
    bool systemFont = false; // false = Noto Sans
    bool chinese = false;    // the language shown: Medium instead of DemiBold in small sizes, taller lines
    bool reduceMotion = false;
    friend bool operator==(const Look&, const Look&) = default;
};

/// Thread: GUI.
class Theme : public QObject {
    Q_OBJECT
public:
    /// Sets style, font, palette and sheet of the application. One at a time; lives as long as the application's
    /// windows.
    explicit Theme(QApplication& application, const Look& look = {});
    ~Theme() override;
    [[nodiscard]] static Theme& current();

    [[nodiscard]] QColor color(Token token) const { return m_colors[static_cast<std::size_t>(token)]; }
    [[nodiscard]] static QColor color(Token token, Scheme scheme);
    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    [[nodiscard]] const Look& look() const { return m_look; }
    void setLook(const Look& look);
    /// What the desktop prefers (from the portal, or the palette found before ours); counts while the choice is System.
    void setSystemScheme(Scheme scheme);

    /// Lengths: n units in pixels.
    [[nodiscard]] int u(double n = 1) const { return qRound(n * m_unit); }
    [[nodiscard]] QFont font(FontRole role) const;
    [[nodiscard]] QFont mono(FontRole role = FontRole::Body) const;
    [[nodiscard]] bool compact() const { return m_look.density == Density::Compact; }
    [[nodiscard]] int rowHeight(int lines = 1) const;
    /// Series and runs: slot 0 = s1; from the seventh on the colours repeat and the line is dashed.
    [[nodiscard]] QColor seriesColor(int slot) const;
    [[nodiscard]] static bool seriesDashed(int slot) { return slot >= 6; }
    [[nodiscard]] QString styleSheet() const;
    [[nodiscard]] int pointSize() const { return m_pointSize; }

Q_SIGNALS:
    void changed();        // colours: repaint, set chart pens
    void metricsChanged(); // font, density, language: layouts made from u are built again

private:
    void apply();
    void loadColors();

    QApplication& m_application;
    Look m_look;
    Scheme m_system = Scheme::Light;
    Scheme m_scheme = Scheme::Light;
    int m_systemPointSize = 10;
    QString m_systemFamily;
    int m_pointSize = 10;
    int m_unit = 4;
    bool m_hasMedium = false;
    QColor m_colors[static_cast<std::size_t>(Token::Count)];
};

/// `share` of a mixed into b, in sRGB: mix(series, surface, 0.25) is the raw line.
[[nodiscard]] QColor mix(const QColor& a, const QColor& b, double share);
/// WCAG 2 contrast ratio, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

} // namespace fettle::ui
