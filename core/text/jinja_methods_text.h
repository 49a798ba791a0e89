// Methods of strings.
#pragma once

#include "text/jinja_interp.h"

namespace fettle::text::jinja {

[[nodiscard]] const Method* findTextMethod(std::string_view name);

} // namespace fettle::text::jinja
