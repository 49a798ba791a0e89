#include "widgets/theme.h"

#include "widgets/fettle_style.h"

#include <QFile>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPalette>
#include <QRegularExpression>
#include <QStyle>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

Theme* g_current = nullptr; // set by the constructor, as qApp is

constexpr std::array kTokens = {
    TokenRow{Token::Window, "window", "#F6F5F2", "#17181A"},
    TokenRow{Token::Rail, "rail", "#ECEAE5", "#121315"},
    TokenRow{Token::Surface, "surface", "#FFFFFF", "#1F2023"},
    TokenRow{Token::Raised, "raised", "#FFFFFF", "#292B2F"},
    TokenRow{Token::Sunken, "sunken", "#F1EFEA", "#18191B"},
    TokenRow{Token::Hover, "hover", "#F3F1EC", "#28292D"},
    TokenRow{Token::Line, "line", "#E2DFD8", "#32353A"},
    TokenRow{Token::LineStrong, "lineStrong", "#8C887E", "#7E828A"},
    TokenRow{Token::Text, "text", "#23221F", "#ECEBE8"},
    TokenRow{Token::Text2, "text2", "#595750", "#B6B4AE"},
    TokenRow{Token::Text3, "text3", "#6C6961", "#9C9A93"},
    TokenRow{Token::Accent, "accent", "#0A6A8A", "#4FB3D3"},
    TokenRow{Token::AccentHover, "accentHover", "#085A76", "#6BC3DF"},
    TokenRow{Token::AccentPressed, "accentPressed", "#064A61", "#3C9CBC"},
    TokenRow{Token::OnAccent, "onAccent", "#FFFFFF", "#06222C"},
    TokenRow{Token::AccentTint, "accentTint", "#E3F0F5", "#16323D"},
    TokenRow{Token::Selected, "selected", "#E4F1F6", "#1B3A47"},
    TokenRow{Token::Ok, "ok", "#1C7340", "#5FC78D"},
    TokenRow{Token::OkTint, "okTint", "#E2F2E7", "#173122"},
    TokenRow{Token::Warn, "warn", "#7F5300", "#E2B34A"},
    TokenRow{Token::WarnTint, "warnTint", "#FAEFD6", "#352A12"},
    TokenRow{Token::Bad, "bad", "#B3261E", "#F3877D"},
    TokenRow{Token::BadTint, "badTint", "#FBE6E3", "#3D1E1B"},
    TokenRow{Token::Special, "special", "#6B46B0", "#B79CF2"},
    TokenRow{Token::SpecialTint, "specialTint", "#EFE9F9", "#2C2442"},
    TokenRow{Token::BubbleUser, "bubbleUser", "#F1EFEA", "#28292D"},
    TokenRow{Token::BubbleAnswer, "bubbleAnswer", "#E3F0F5", "#16323D"},
    TokenRow{Token::Grid, "grid", "#ECE9E3", "#2A2C30"},
    TokenRow{Token::S1, "s1", "#1A41B6", "#5FB5EE"},
    TokenRow{Token::S2, "s2", "#CC6618", "#E2603D"},
    TokenRow{Token::S3, "s3", "#429587", "#9AE3AC"},
    TokenRow{Token::S4, "s4", "#A368DE", "#AD709F"},
    TokenRow{Token::S5, "s5", "#9C350E", "#EBBD0E"},
    TokenRow{Token::S6, "s6", "#643B66", "#5E7DF3"},
};
static_assert(kTokens.size() == static_cast<std::size_t>(Token::Count));

QColor parse(const char* hex) {
    return QColor(QString::fromLatin1(hex));
}

double channel(double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& c) {
    return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
}

} // namespace

std::span<const TokenRow> tokenTable() {
    return kTokens;
}

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto part = [share](int x, int y) { return static_cast<int>(std::lround(share * x + (1 - share) * y)); };
    return QColor(part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue()));
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

Theme::Theme(QApplication& application, const Look& look)
    : m_application(application)
    , m_look(look) {
    const QFont found = application.font();
    m_systemFamily = found.family();
    m_systemPointSize = std::clamp(found.pointSize() > 0 ? found.pointSize() : 10, 9, 14);
    // The palette before ours says what the desktop uses, where no portal answers.
    const QPalette before = application.palette();
    m_system = before.color(QPalette::Window).lightnessF() < before.color(QPalette::WindowText).lightnessF()
                   ? Scheme::Dark
                   : Scheme::Light;
    g_current = this;
    application.setStyle(new FettleStyle); // the application owns its style
    QApplication::setEffectEnabled(Qt::UI_AnimateMenu, false);
    QApplication::setEffectEnabled(Qt::UI_FadeMenu, false);
    QApplication::setEffectEnabled(Qt::UI_AnimateCombo, false);
    QApplication::setEffectEnabled(Qt::UI_AnimateTooltip, false);
    QApplication::setEffectEnabled(Qt::UI_FadeTooltip, false);
    apply();
}

Theme::~Theme() {
    if (g_current == this) {
        g_current = nullptr;
    }
}

Theme& Theme::current() {
    Q_ASSERT(g_current != nullptr);
    return *g_current;
}

QColor Theme::color(Token token, Scheme scheme) {
    const TokenRow& row = kTokens[static_cast<std::size_t>(token)];
    return parse(scheme == Scheme::Dark ? row.dark : row.light);
}

void Theme::setLook(const Look& look) {
    if (look == m_look) {
        return;
    }
    const Look old = m_look;
    const Scheme oldScheme = m_scheme;
    m_look = look;
    apply();
    if (old.density != look.density || old.pointSize != look.pointSize || old.systemFont != look.systemFont ||
        old.chinese != look.chinese) {
        Q_EMIT metricsChanged();
    }
    if (oldScheme != m_scheme) {
        Q_EMIT changed();
    }
}

void Theme::setSystemScheme(Scheme scheme) {
    m_system = scheme;
    if (m_look.scheme == SchemeChoice::System && scheme != m_scheme) {
        apply();
        Q_EMIT changed();
    }
}

void Theme::loadColors() {
    m_scheme = m_look.scheme == SchemeChoice::System ? m_system
               : m_look.scheme == SchemeChoice::Dark ? Scheme::Dark
                                                     : Scheme::Light;
    for (const TokenRow& row : kTokens) {
        m_colors[static_cast<std::size_t>(row.token)] = parse(m_scheme == Scheme::Dark ? row.dark : row.light);
    }
}

void Theme::apply() {
    loadColors();
    m_pointSize = m_look.pointSize > 0 ? std::clamp(m_look.pointSize, 8, 20) : m_systemPointSize;
    QFont base;
    if (m_look.systemFont) {
        base.setFamilies({m_systemFamily, u"Noto Sans CJK SC"_s});
    } else {
        base.setFamilies({u"Noto Sans"_s, u"Noto Sans CJK SC"_s});
    }
    base.setHintingPreference(QFont::PreferNoHinting);
    base.setPointSize(m_pointSize);
    // Numbers stand in columns: a face whose figures are not equally wide is not used for them.
    if (m_look.systemFont) {
        const QFontMetricsF metrics(base);
        if (std::abs(metrics.horizontalAdvance(u'1') - metrics.horizontalAdvance(u'8')) > 0.05) {
            base.setFamilies({u"Noto Sans"_s, u"Noto Sans CJK SC"_s});
        }
    }
    m_hasMedium = QFontDatabase::styles(m_look.chinese ? u"Noto Sans CJK SC"_s : base.families().constFirst())
                      .contains(u"Medium"_s);
    m_application.setFont(base);
    double height = QFontMetricsF(base).height();
    if (m_look.chinese) { // the fallback's lines are taller
        QFont han = base;
        han.setFamilies({u"Noto Sans CJK SC"_s});
        height = std::max(height, std::min(QFontMetricsF(han).height(), height * 1.12));
    }
    m_unit = std::max(4, qRound(height / 4.5));

    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) {
        palette.setColor(QPalette::Active, role, color(token));
        palette.setColor(QPalette::Inactive, role, color(token));
        palette.setColor(QPalette::Disabled, role, color(token));
    };
    set(QPalette::Window, Token::Window);
    set(QPalette::Base, Token::Surface);
    set(QPalette::Button, Token::Surface);
    set(QPalette::AlternateBase, Token::Sunken);
    set(QPalette::Text, Token::Text);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::BrightText, Token::Bad);
    set(QPalette::PlaceholderText, Token::Text3);
    set(QPalette::Highlight, Token::Accent);
    set(QPalette::HighlightedText, Token::OnAccent);
    set(QPalette::Link, Token::Accent);
    set(QPalette::LinkVisited, Token::Accent);
    set(QPalette::ToolTipBase, Token::Raised);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::Mid, Token::Line);
    set(QPalette::Midlight, Token::Line);
    set(QPalette::Light, Token::Raised);
    set(QPalette::Dark, Token::LineStrong);
    set(QPalette::Shadow, Token::LineStrong);
    for (const QPalette::ColorRole role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, color(Token::Text3));
    }
    palette.setColor(QPalette::Disabled, QPalette::Base, color(Token::Sunken));
    palette.setColor(QPalette::Disabled, QPalette::Button, color(Token::Sunken));
    m_application.setPalette(palette);
    QToolTip::setPalette(palette);
    m_application.setStyleSheet(styleSheet());
}

QString Theme::styleSheet() const {
    QFile file(u":/fettle/themes/fettle.qss"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QString sheet = QString::fromUtf8(file.readAll());
    static const QRegularExpression comment(u"/\\*.*?\\*/"_s, QRegularExpression::DotMatchesEverythingOption);
    sheet.remove(comment);
    static const QRegularExpression length(u"@\\{([0-9.]+)u(?:-([0-9]+))?\\}"_s);
    static const QRegularExpression name(u"@([A-Za-z0-9]+)"_s);
    QString out;
    qsizetype last = 0;
    for (auto it = length.globalMatch(sheet); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += QStringView(sheet).sliced(last, match.capturedStart() - last);
        out += QString::number(u(match.captured(1).toDouble()) - match.captured(2).toInt()) % u"px"_s;
        last = match.capturedEnd();
    }
    sheet = out % sheet.sliced(last);
    out.clear();
    last = 0;
    for (auto it = name.globalMatch(sheet); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += QStringView(sheet).sliced(last, match.capturedStart() - last);
        const QString key = match.captured(1);
        if (key == u"scheme") {
            out += m_scheme == Scheme::Dark ? u"dark"_s : u"light"_s;
        } else {
            const auto row = std::find_if(kTokens.begin(), kTokens.end(),
                                          [&key](const TokenRow& r) { return key == QLatin1StringView(r.name); });
            Q_ASSERT_X(row != kTokens.end(), "fettle.qss", qPrintable(key));
            if (row != kTokens.end()) {
                out += color(row->token).name();
            }
        }
        last = match.capturedEnd();
    }
    return out % sheet.sliced(last);
}

QFont Theme::font(FontRole role) const {
    QFont font = QApplication::font();
    const auto sized = [&font, this](double factor, QFont::Weight weight) {
        // Nothing under 11 px: at 96 dpi that is 8.25 pt.
        font.setPointSizeF(std::max(8.25, m_pointSize * factor));
        if (m_look.chinese && weight == QFont::DemiBold && factor < 1.2) {
            weight = QFont::Medium;
        }
        if (weight == QFont::Medium && !m_hasMedium) {
            weight = QFont::DemiBold; // what the family offers next
        }
        font.setWeight(weight);
    };
    switch (role) {
    case FontRole::Caption:
        sized(0.92, QFont::Normal);
        break;
    case FontRole::Body:
        break;
    case FontRole::BodyMedium:
        sized(1, QFont::Medium);
        break;
    case FontRole::BodyStrong:
        sized(1, QFont::DemiBold);
        break;
    case FontRole::Reading:
        sized(1.12, QFont::Normal);
        break;
    case FontRole::CardHeading:
        sized(1.16, QFont::DemiBold);
        break;
    case FontRole::Subject:
        sized(1.5, QFont::DemiBold);
        break;
    case FontRole::Figure:
        sized(1.54, QFont::DemiBold);
        break;
    case FontRole::PageTitle:
        sized(1.62, QFont::DemiBold);
        break;
    }
    return font;
}

QFont Theme::mono(FontRole role) const {
    QFont result = font(role);
    result.setFamilies({u"Noto Sans Mono"_s, u"Noto Sans Mono CJK SC"_s});
    result.setStyleHint(QFont::Monospace);
    return result;
}

int Theme::rowHeight(int lines) const {
    return lines > 1 ? u(compact() ? 10 : 11.5) : u(compact() ? 6.75 : 7.5);
}

QColor Theme::seriesColor(int slot) const {
    return color(static_cast<Token>(static_cast<int>(Token::S1) + ((slot % 6) + 6) % 6));
}

} // namespace fettle::ui
