#include "label/label_screen.h"

#include "label/label_page.h"
#include "workspace/project_rows.h"
#include "workspace/workspace.h"

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

ScreenSpec labelScreen(const ShellContext& context, LabelPresenter& presenter) {
    ProjectRows& rows = context.workspace.rows();
    const auto open = [&rows, &presenter] { presenter.setProject(rows.project()); };
    QObject::connect(&rows, &ProjectRows::opened, &presenter, open);
    QObject::connect(&rows, &ProjectRows::changed, &presenter, &LabelPresenter::storeChanged);
    open();
    ScreenSpec spec;
    spec.id = u"label"_s;
    spec.icon = u"tag"_s;
    spec.command = Command::Data;
    spec.under = u"data"_s;
    spec.needsProject = true;
    spec.title = [] { return LabelPage::tr("Label rows"); };
    spec.make = [context, &presenter](QWidget* parent) { return new LabelPage(context, presenter, parent); };
    return spec;
}

} // namespace fettle::ui
