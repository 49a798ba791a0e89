#include "settings/settings_page.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "settings/settings.h"
#include "widgets/buttons.h"
#include "widgets/frames.h"
#include "workspace/workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QSpinBox>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

SettingsPage::SettingsPage(const ShellContext& context, QWidget* parent)
    : Screen(parent)
    , m_context(context) {
    const Theme& theme = Theme::current();
    Settings& settings = context.settings;
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* body = new PageBody;
    outer->addWidget(body);
    QVBoxLayout* column = body->column();
    column->addWidget(new PageHeader(tr("Settings"), tr("Changes apply at once and are kept on this machine.")));

    auto* look = new Card;
    look->setMaximumWidth(theme.u(190));
    QHBoxLayout* heading = look->addHeading(tr("Look"));
    QPushButton* reset = makeButton(ButtonKind::Link, tr("Reset"), u"settings.look.reset"_s);
    reset->setAccessibleName(tr("Reset look"));
    heading->addWidget(reset);
    connect(reset, &QPushButton::clicked, this, [&settings] { settings.reset(SettingGroup::Look); });
    bool first = true;
    const auto add = [&](const QString& label, const QString& hint, QWidget* field, Setting setting) {
        if (!first) {
            look->column()->addWidget(new Hairline);
        }
        first = false;
        const QString shown = settings.overridden(setting) ? tr("Set by the command line for this start") : hint;
        look->column()->addWidget(new FieldRow(label, shown, field));
    };

    auto* scheme = new ChoiceGroup(GroupLook::Segments, tr("Theme"));
    scheme->addChoice(0, tr("System"), u"settings.theme.system"_s);
    scheme->addChoice(1, tr("Light"), u"settings.theme.light"_s);
    scheme->addChoice(2, tr("Dark"), u"settings.theme.dark"_s);
    connect(scheme, &ChoiceGroup::chosen, this,
            [&settings](int id) { settings.setScheme(static_cast<SchemeChoice>(id)); });
    m_refreshers.push_back([&settings, scheme] { scheme->setCurrent(static_cast<int>(settings.scheme())); });
    add(tr("Theme"), tr("System follows the desktop"), scheme, Setting::LookTheme);

    auto* language = new QComboBox;
    language->setObjectName(u"settings.language"_s);
    language->addItem(tr("As the system"), u"auto"_s);
    language->addItem(u"English"_s, u"en"_s);
    language->addItem(u"简体中文"_s, u"zh_CN"_s);
    connect(language, &QComboBox::activated, this,
            [&settings, language] { settings.setValue(Setting::LookLanguage, language->currentData()); });
    m_refreshers.push_back(
        [&settings, language] { language->setCurrentIndex(language->findData(settings.language())); });
    add(tr("Language"), tr("Of the window; the command line speaks English"), language, Setting::LookLanguage);

    auto* size = new QSpinBox;
    size->setObjectName(u"settings.size"_s);
    size->setRange(8, 20);
    size->setSuffix(tr(" pt"));
    size->setButtonSymbols(QAbstractSpinBox::NoButtons);
    size->setAlignment(Qt::AlignRight);
    size->setFixedWidth(theme.u(24));
    size->setKeyboardTracking(false);
    connect(size, &QSpinBox::valueChanged, this, [&settings](int points) {
        if (points != Theme::current().pointSize()) {
            settings.setPointSize(points);
        }
    });
    m_refreshers.push_back([size] {
        const QSignalBlocker block(size);
        size->setValue(Theme::current().pointSize());
    });
    add(tr("Text size"), tr("Everything grows with it; Ctrl+= and Ctrl+- change it anywhere"), size,
        Setting::LookPointSize);

    auto* font = new QComboBox;
    font->setObjectName(u"settings.font"_s);
    font->addItem(u"Noto Sans"_s, false);
    font->addItem(tr("System font"), true);
    connect(font, &QComboBox::activated, this,
            [&settings, font] { settings.setValue(Setting::LookSystemFont, font->currentData().toBool()); });
    m_refreshers.push_back(
        [&settings, font] { font->setCurrentIndex(settings.value(Setting::LookSystemFont).toBool() ? 1 : 0); });
    add(tr("Font"), tr("A font whose figures differ in width is not used for numbers"), font, Setting::LookSystemFont);

    auto* density = new ChoiceGroup(GroupLook::Segments, tr("Rows"));
    density->addChoice(0, tr("Comfortable"), u"settings.density.comfortable"_s);
    density->addChoice(1, tr("Compact"), u"settings.density.compact"_s);
    connect(density, &ChoiceGroup::chosen, this,
            [&settings](int id) { settings.setDensity(static_cast<Density>(id)); });
    m_refreshers.push_back([&settings, density] { density->setCurrent(static_cast<int>(settings.density())); });
    add(tr("Rows"), tr("Height of rows in lists and tables"), density, Setting::LookDensity);

    auto* motion = new QCheckBox(tr("Reduce motion"));
    motion->setObjectName(u"settings.motion"_s);
    connect(motion, &QCheckBox::toggled, this, [&settings](bool on) {
        if (on != settings.value(Setting::LookReduceMotion).toBool()) {
            settings.setValue(Setting::LookReduceMotion, on);
        }
    });
    m_refreshers.push_back([&settings, motion] {
        const QSignalBlocker block(motion);
        motion->setChecked(settings.value(Setting::LookReduceMotion).toBool());
    });
    add(tr("Motion"), tr("Only bars without a known end move at all"), motion, Setting::LookReduceMotion);
    column->addWidget(look);

    column->addWidget(makeTraining());

    auto* about = new Card;
    about->setMaximumWidth(theme.u(190));
    about->addHeading(tr("About"));
    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(theme.u(6));
    facts->setVerticalSpacing(theme.u(1.5));
    facts->setColumnStretch(1, 1);
    about->column()->addLayout(facts);
    const auto fact = [&](const QString& name, const QString& value) {
        const int row = facts->rowCount();
        facts->addWidget(new Label(name, FontRole::Body, Tone::Text2), row, 0);
        facts->addWidget(new ElidedLabel(value, FontRole::Body, Token::Text, Qt::ElideMiddle), row, 1);
    };
    fact(tr("Version"), u"Fettle "_s % QStringLiteral(FETTLE_VERSION));
    fact(tr("Licence"), tr("GNU General Public License, version 3 or later"));
    fact(tr("Projects"), qs(context.workspace.options().projectsFolder));
    fact(tr("Models and engine"), qs(dataFolder()));
    column->addWidget(about);
    column->addStretch(1);

    connect(&settings, &Settings::changed, this, &SettingsPage::refresh);
    refresh();
}

QWidget* SettingsPage::makeTraining() {
    Settings& settings = m_context.settings;
    auto* card = new Card;
    card->setMaximumWidth(Theme::current().u(190));
    QHBoxLayout* heading = card->addHeading(tr("Training"));
    QPushButton* reset = makeButton(ButtonKind::Link, tr("Reset"), u"settings.train.reset"_s);
    reset->setAccessibleName(tr("Reset training"));
    heading->addWidget(reset);
    connect(reset, &QPushButton::clicked, this, [&settings] { settings.reset(SettingGroup::Train); });
    const auto addSwitch = [&](const QString& label, const QString& hint, const QString& text, const QString& name,
                               Setting setting) {
        auto* box = new QCheckBox(text);
        box->setObjectName(name);
        connect(box, &QCheckBox::toggled, this, [&settings, setting](bool on) {
            if (on != settings.value(setting).toBool()) {
                settings.setValue(setting, on);
            }
        });
        m_refreshers.push_back([&settings, box, setting] {
            const QSignalBlocker block(box);
            box->setChecked(settings.value(setting).toBool());
        });
        card->column()->addWidget(new FieldRow(label, hint, box));
    };
    addSwitch(tr("Where runs live"), tr("A process of its own goes on when the window is closed and after a logout"),
              tr("Run training in a separate process"), u"settings.apart"_s, Setting::TrainApart);
    card->column()->addWidget(new Hairline);
    addSwitch(tr("Priority"), tr("Of runs in a separate process; other programs stay quick"),
              tr("Other programs come first"), u"settings.nice"_s, Setting::TrainNice);
    card->column()->addWidget(new Hairline);
    addSwitch(tr("Notification"), tr("Through the desktop while you look elsewhere"), tr("Tell when a run ends"),
              u"settings.notify"_s, Setting::NotifyEnded);
    return card;
}

void SettingsPage::refresh() {
    for (const auto& each : m_refreshers) {
        each();
    }
}

ScreenSpec settingsScreen(const ShellContext& context) {
    return {.id = u"settings"_s,
            .icon = u"settings"_s,
            .command = Command::Settings,
            .place = ScreenSpec::Place::Foot,
            .title = [] { return SettingsPage::tr("Settings"); },
            .make = [context](QWidget* parent) { return new SettingsPage(context, parent); },
            .fact = {},
            .sign = {},
            .needsProject = false};
}

} // namespace fettle::ui
