#include "settings/language.h"

#include "settings/settings.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

Language::Language(Settings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings) {
    load();
    connect(&settings, &Settings::changed, this, [this](Setting setting) {
        if (setting == Setting::LookLanguage && m_settings.shownLocale().name() != m_loaded) {
            load();
            Q_EMIT changed();
        }
    });
}

Language::~Language() {
    QCoreApplication::removeTranslator(&m_translator);
    QCoreApplication::removeTranslator(&m_qt);
}

void Language::load() {
    const QLocale locale = m_settings.shownLocale();
    m_loaded = locale.name();
    QCoreApplication::removeTranslator(&m_translator);
    QCoreApplication::removeTranslator(&m_qt);
    QLocale::setDefault(locale);
    // English has a file too: for plurals.
    const QString name = locale.language() == QLocale::Chinese ? u"zh_CN"_s : u"en"_s;
    if (m_translator.load(u":/fettle/i18n/fettle_"_s % name % u".qm"_s)) {
        QCoreApplication::installTranslator(&m_translator);
    }
    if (m_qt.load(locale, u"qtbase"_s, u"_"_s,
                  QLibraryInfo::path(QLibraryInfo::TranslationsPath))) { // words of Qt's own dialogs
        QCoreApplication::installTranslator(&m_qt);
    }
}

} // namespace fettle::ui
