// The language of the window: translators and the locale of numbers, chosen by setting or guessed from the system,
// changed while running.
#pragma once

#include <QObject>
#include <QTranslator>

namespace fettle::ui {

class Settings;

/// Thread: GUI. Installed in the application at once, before any text is made.
class Language : public QObject {
    Q_OBJECT
public:
    explicit Language(Settings& settings, QObject* parent = nullptr);
    ~Language() override;

Q_SIGNALS:
    void changed(); // texts made before are to be made again

private:
    void load();
    Settings& m_settings;
    QTranslator m_translator, m_qt;
    QString m_loaded;
};

} // namespace fettle::ui
