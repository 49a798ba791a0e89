// Above the page: runs being imported from archives, what could not be imported and why, and what happens to a file
// that is dragged over the window.
#pragma once

#include "base/error.h"
#include "shell/screen.h"

class QMimeData;
class QVBoxLayout;

namespace fettle::ui {

class Label;
class ProgressRow;

class ArchiveStrip : public QWidget {
    Q_OBJECT
public:
    /// Takes files dropped anywhere on `window` that nothing else takes.
    ArchiveStrip(const ShellContext& context, QWidget* window);
    /// Asks for files and imports them.
    void chooseFiles();

Q_SIGNALS:
    void opened(const QString& folder); // a run that has just come
    void said(const QString& text);     // for a toast

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void addFailure(const QString& file, const Error& error);
    void importFiles(const QStringList& files);
    void showHint(const QString& text);
    [[nodiscard]] static QStringList archivesOf(const QMimeData* data);

    ShellContext m_context;
    QWidget* m_window;
    ProgressRow* m_progress;
    QString m_shownFile;
    Label* m_hint;
    QVBoxLayout* m_failures;
};

} // namespace fettle::ui
