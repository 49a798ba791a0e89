#include "bridge/dialog_service.h"

#include "widgets/buttons.h"
#include "widgets/text.h"

#include <QDesktopServices>
#include <QDialog>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QUrl>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Shows without a nested event loop and answers once.
void ask(QFileDialog* dialog, std::function<void(const QString&)> done) {
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QFileDialog::finished, dialog, [dialog, done = std::move(done)](int result) {
        const QStringList files = dialog->selectedFiles();
        done(result == QDialog::Accepted && !files.isEmpty() ? files.first() : QString());
    });
    dialog->open();
}

} // namespace

void WindowDialogs::openFile(QWidget* parent, const FileQuestion& question, std::function<void(const QString&)> done) {
    auto* dialog = new QFileDialog(parent, question.title, question.folder);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(question.filters);
    ask(dialog, std::move(done));
}

void WindowDialogs::openFolder(QWidget* parent, const QString& title, const QString& folder,
                               std::function<void(const QString&)> done) {
    auto* dialog = new QFileDialog(parent, title, folder);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    ask(dialog, std::move(done));
}

void WindowDialogs::saveFile(QWidget* parent, const FileQuestion& question, const QString& name,
                             std::function<void(const QString&)> done) {
    auto* dialog = new QFileDialog(parent, question.title, question.folder);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setNameFilters(question.filters);
    dialog->selectFile(name);
    ask(dialog, std::move(done));
}

void WindowDialogs::confirm(QWidget* parent, const Confirmation& question, std::function<void(bool)> done) {
    const Theme& theme = Theme::current();
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(u"confirm"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(question.what);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(theme.u(6), theme.u(5), theme.u(6), theme.u(5));
    column->setSpacing(theme.u(3));
    column->addWidget(new Label(question.what, FontRole::CardHeading, Tone::Text, Wrap::Yes));
    column->addWidget(new Label(question.meaning, FontRole::Body, Tone::Text2, Wrap::Yes));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(2));
    row->addStretch(1);
    QPushButton* no = makeButton(ButtonKind::Plain, QCoreApplication::translate("fettle::ui::WindowDialogs", "Keep it"),
                                 u"confirm.no"_s);
    QPushButton* yes = makeButton(ButtonKind::Danger, question.verb, u"confirm.yes"_s);
    row->addWidget(no);
    row->addWidget(yes);
    column->addLayout(row);
    no->setFocus();
    QObject::connect(no, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(yes, &QPushButton::clicked, dialog, &QDialog::accept);
    QObject::connect(dialog, &QDialog::finished, dialog,
                     [done = std::move(done)](int result) { done(result == QDialog::Accepted); });
    dialog->setMinimumWidth(theme.u(100));
    dialog->open();
}

bool WindowDialogs::showFolder(const QString& folder) {
    return QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
}

} // namespace fettle::ui
