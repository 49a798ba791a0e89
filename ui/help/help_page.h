// Help: Markdown pages of resources/help in the language shown, and the list of keys made from the command table.
#pragma once

#include "shell/screen.h"

#include <QString>
#include <QVector>

class QListWidget;
class QTextBrowser;

namespace fettle::ui {

struct HelpTopic {
    QString id; // file name without .md; "keys" is made from the command table
    QString title;
};
/// In reading order, titles in the language of now.
[[nodiscard]] QVector<HelpTopic> helpTopics();
/// Markdown of a topic in the language shown, else in English; "" when there is none.
[[nodiscard]] QString helpText(const QString& id);

class HelpPage : public Screen {
    Q_OBJECT
public:
    explicit HelpPage(const ShellContext& context, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const override;
    void showPart(const QString& part) override;
    [[nodiscard]] QString topic() const;

private:
    void load();
    QListWidget* m_list;
    QTextBrowser* m_text;
};

[[nodiscard]] ScreenSpec helpScreen(const ShellContext& context);

} // namespace fettle::ui
