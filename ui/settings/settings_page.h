// The Settings page: look (theme, font, size, density, motion, language) and what the program is. Applies at once.
#pragma once

#include "shell/screen.h"

namespace fettle::ui {

class SettingsPage : public Screen {
    Q_OBJECT
public:
    explicit SettingsPage(const ShellContext& context, QWidget* parent = nullptr);

private:
    QWidget* makeTraining();
    void refresh();
    ShellContext m_context;
    std::vector<std::function<void()>> m_refreshers;
};

[[nodiscard]] ScreenSpec settingsScreen(const ShellContext& context);

} // namespace fettle::ui
