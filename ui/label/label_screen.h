// Makes the labeling queue a screen of the window and feeds its presenter from the open project's rows.
#pragma once

#include "label/label_presenter.h"
#include "shell/screen.h"

namespace fettle::ui {

/// Reached from the Data page and Ctrl+K; the rail marks Data. `presenter` outlives the window.
[[nodiscard]] ScreenSpec labelScreen(const ShellContext& context, LabelPresenter& presenter);

} // namespace fettle::ui
