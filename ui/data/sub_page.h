// The frame of a page that Data opens for a while: title, sentence, a way back, an error at its place.
#pragma once

#include "data/data_presenter.h"
#include "shell/screen.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QWidget>

class QVBoxLayout;

namespace fettle::ui {

class SubPage : public QWidget {
    Q_OBJECT
public:
    /// `name`: object name, and the beginning of those of its parts.
    SubPage(const ShellContext& context, DataPresenter& presenter, const QString& name, const QString& title,
            const QString& sentence, QWidget* parent = nullptr);
    [[nodiscard]] virtual QPushButton* primaryButton() const { return nullptr; }
    [[nodiscard]] virtual QWidget* firstFocus() const { return m_back; }

Q_SIGNALS:
    void left();
    void goTo(const QString& screen, const QString& part);
    void toast(const QString& text, const QString& action, std::function<void()> act);

protected:
    [[nodiscard]] QVBoxLayout* column() const { return m_column; }
    [[nodiscard]] PageHeader* header() const { return m_header; }
    [[nodiscard]] InlineError* error() const { return m_error; }
    [[nodiscard]] const ShellContext& context() const { return m_context; }
    [[nodiscard]] DataPresenter& presenter() const { return m_presenter; }
    void showError(const QString& action, const Error& error);

private:
    ShellContext m_context;
    DataPresenter& m_presenter;
    QVBoxLayout* m_column;
    PageHeader* m_header;
    QPushButton* m_back;
    InlineError* m_error;
};

} // namespace fettle::ui
