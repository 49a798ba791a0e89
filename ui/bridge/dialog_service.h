// The few things that ask in a window of their own: choosing files and folders, and one irreversible act. An interface,
// so that tests answer without a window.
#pragma once

#include <QString>
#include <QStringList>

#include <functional>

class QWidget;

namespace fettle::ui {

/// Thread: GUI. All calls return at once; `done` is called later, or never when the asking widget went away.
class DialogService {
public:
    virtual ~DialogService() = default;
    struct FileQuestion {
        QString title;
        QString folder;      // where to begin
        QStringList filters; // "Data files (*.jsonl *.json)"
    };
    /// "" when cancelled.
    virtual void openFile(QWidget* parent, const FileQuestion& question, std::function<void(const QString&)> done) = 0;
    virtual void openFolder(QWidget* parent, const QString& title, const QString& folder,
                            std::function<void(const QString&)> done) = 0;
    virtual void saveFile(QWidget* parent, const FileQuestion& question, const QString& name,
                          std::function<void(const QString&)> done) = 0;
    struct Confirmation {
        QString what;    // "Delete Run 4?"
        QString meaning; // "Its checkpoints and log are removed from disk."
        QString verb;    // "Delete Run 4"
    };
    /// Asks once for an irreversible act; `done(true)` = do it.
    virtual void confirm(QWidget* parent, const Confirmation& question, std::function<void(bool)> done) = 0;
    /// Shows a folder in the desktop's file manager; false = there is none that could be asked.
    [[nodiscard]] virtual bool showFolder(const QString& folder) = 0;
};

/// The real one: native file dialogs, a small window with two buttons.
class WindowDialogs : public DialogService {
public:
    void openFile(QWidget* parent, const FileQuestion& question, std::function<void(const QString&)> done) override;
    void openFolder(QWidget* parent, const QString& title, const QString& folder,
                    std::function<void(const QString&)> done) override;
    void saveFile(QWidget* parent, const FileQuestion& question, const QString& name,
                  std::function<void(const QString&)> done) override;
    void confirm(QWidget* parent, const Confirmation& question, std::function<void(bool)> done) override;
    [[nodiscard]] bool showFolder(const QString& folder) override;
};

} // namespace fettle::ui
