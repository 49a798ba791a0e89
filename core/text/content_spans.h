// From the marks of a rendered text to the places of message contents. Marks say which output bytes are which source
// bytes; here pieces of one content that a template cut and put together again become one span, and what a template
// only shows in part or changes counts as not found.
#pragma once

#include "text/chat_template.h"
#include "text/jinja_value.h"

#include <string_view>
#include <vector>

namespace fettle::text {

/// A text of a message: its content, or one text part of it.
struct SourceText {
    int message = 0;
    std::string_view text;
};

/// Spans by position; a message of which any text that is more than white space was not found has none. Mark ids index
/// `sources`.
[[nodiscard]] std::vector<MessageSpan> locateContents(std::string_view output, const std::vector<jinja::Mark>& marks,
                                                      const std::vector<SourceText>& sources);

/// Fills generation and generationMessage.
void collectGeneration(Rendered& rendered, const std::vector<jinja::Mark>& marks,
                       const std::vector<SourceText>& sources);

} // namespace fettle::text
