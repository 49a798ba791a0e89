// The filter table is made of three parts: filters on text, on single values, and on sequences.
#pragma once

#include "text/jinja_interp.h"

#include <initializer_list>
#include <utility>

namespace fettle::text::jinja {

struct FilterEntry {
    std::string_view name;
    FilterFunction function;
};
[[nodiscard]] std::vector<FilterEntry> textFilters();
[[nodiscard]] std::vector<FilterEntry> valueFilters();
[[nodiscard]] std::vector<FilterEntry> sequenceFilters();

} // namespace fettle::text::jinja
