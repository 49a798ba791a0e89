// See content_spans.h.
#include "text/content_spans.h"

#include "text/python_unicode.h"

#include <algorithm>
#include <optional>

namespace fettle::text {

namespace {

using jinja::Mark;
using jinja::MarkKind;

std::string_view stripped(std::string_view text) {
    const python::Bounds bounds = python::stripBounds(text);
    return text.substr(bounds.begin, bounds.end - bounds.begin);
}

/// Output bytes [begin, end) are source bytes [from, to).
struct Run {
    std::size_t begin = 0, end = 0, from = 0, to = 0;
};

bool byPosition(const Mark& a, const Mark& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
}

class Locator {
public:
    Locator(std::string_view output, const std::vector<Mark>& marks, const std::vector<SourceText>& sources)
        : m_output(output)
        , m_sources(sources) {
        m_runs.resize(sources.size());
        m_derived.resize(sources.size());
        for (const Mark& mark : marks) {
            if (mark.kind == MarkKind::Content) {
                m_content.push_back(mark);
            } else if (mark.kind == MarkKind::Derived) {
                m_derived[static_cast<std::size_t>(mark.id)].push_back(mark);
            }
        }
        std::stable_sort(m_content.begin(), m_content.end(), byPosition);
        for (const Mark& mark : m_content) {
            addPiece(mark);
        }
    }

    std::vector<MessageSpan> run() {
        std::vector<MessageSpan> spans;
        std::vector<int> lost;
        for (std::size_t source = 0; source < m_sources.size(); ++source) {
            const std::vector<Run> found = locate(source);
            if (found.empty() && !stripped(m_sources[source].text).empty()) {
                lost.push_back(m_sources[source].message);
            }
            for (const Run& run : found) {
                spans.push_back({{static_cast<std::uint32_t>(run.begin), static_cast<std::uint32_t>(run.end)},
                                 m_sources[source].message});
            }
        }
        const auto isLost = [&lost](const MessageSpan& span) {
            return std::find(lost.begin(), lost.end(), span.message) != lost.end();
        };
        spans.erase(std::remove_if(spans.begin(), spans.end(), isLost), spans.end());
        std::stable_sort(spans.begin(), spans.end(),
                         [](const MessageSpan& a, const MessageSpan& b) { return a.bytes.begin < b.bytes.begin; });
        return spans;
    }

private:
    /// Goes on with the last run of its source where the template put between the two pieces just what stood there
    /// (white space aside).
    void addPiece(const Mark& mark) {
        const auto source = static_cast<std::size_t>(mark.id);
        const Run piece{mark.begin, mark.end, mark.from, std::size_t{mark.from} + (mark.end - mark.begin)};
        std::vector<Run>& runs = m_runs[source];
        if (!runs.empty()) {
            Run& last = runs.back();
            if (last.to <= piece.from && last.end <= piece.begin && !contentBetween(last.end, piece.begin) &&
                stripped(m_output.substr(last.end, piece.begin - last.end)) ==
                    stripped(m_sources[source].text.substr(last.to, piece.from - last.to))) {
                last.end = piece.end;
                last.to = piece.to;
                return;
            }
        }
        runs.push_back(piece);
    }

    [[nodiscard]] bool contentBetween(std::size_t begin, std::size_t end) const {
        auto it = std::lower_bound(m_content.begin(), m_content.end(), begin,
                                   [](const Mark& mark, std::size_t at) { return mark.begin < at; });
        while (it != m_content.end() && it->begin < end) {
            if (it->end > begin && it->end <= end && it->end > it->begin) {
                return true;
            }
            ++it;
        }
        return false;
    }

    /// A template that cuts a content at a tag writes the tag itself: take it in where the output shows it beside the
    /// run.
    void extend(Run& run, std::string_view text) const {
        const std::string_view before = stripped(text.substr(0, run.from));
        if (!before.empty()) {
            const std::string_view left =
                m_output.substr(0, python::stripBounds(m_output.substr(0, run.begin), false, true).end);
            if (left.size() >= before.size() && left.substr(left.size() - before.size()) == before &&
                !contentBetween(left.size() - before.size(), run.begin)) {
                run.begin = left.size() - before.size();
                run.from = 0;
            }
        }
        const std::string_view after = stripped(text.substr(run.to));
        if (!after.empty()) {
            const std::size_t start = run.end + python::stripBounds(m_output.substr(run.end), true, false).begin;
            if (m_output.substr(start, after.size()) == after && !contentBetween(run.end, start + after.size())) {
                run.end = start + after.size();
                run.to = text.size();
            }
        }
    }

    [[nodiscard]] std::vector<Run> locate(std::size_t source) const {
        const std::string_view text = m_sources[source].text;
        const bool blank = stripped(text).empty();
        std::vector<Run> whole;
        std::optional<Run> tail;
        for (Run run : m_runs[source]) {
            extend(run, text);
            const std::string_view before = stripped(text.substr(0, run.from));
            if (!blank && !stripped(text.substr(run.to)).empty()) {
                continue;
            }
            if (blank || before.empty()) {
                whole.push_back(run);
            } else if (!tail && (before.back() == '>' || before.back() == ']') && run.end > run.begin) {
                tail = run; // only a thought before the answer was left out: it ends in a closing tag
            }
        }
        if (!whole.empty()) {
            return whole;
        }
        if (tail) {
            return {*tail};
        }
        return searchDerived(source, text);
    }

    /// Inside what was computed from the content (JSON, upper case, …) it may still stand as it is.
    [[nodiscard]] std::vector<Run> searchDerived(std::size_t source, std::string_view text) const {
        for (const Mark& mark : m_derived[source]) {
            const std::string_view region = m_output.substr(mark.begin, mark.end - mark.begin);
            for (const std::string_view wanted : {text, stripped(text)}) {
                const std::size_t found = wanted.empty() ? std::string_view::npos : region.find(wanted);
                if (found != std::string_view::npos) {
                    return {{mark.begin + found, mark.begin + found + wanted.size(), 0, text.size()}};
                }
            }
        }
        return {};
    }

    std::string_view m_output;
    const std::vector<SourceText>& m_sources;
    std::vector<Mark> m_content; // by position
    std::vector<std::vector<Run>> m_runs;
    std::vector<std::vector<Mark>> m_derived;
};

} // namespace

std::vector<MessageSpan> locateContents(std::string_view output, const std::vector<jinja::Mark>& marks,
                                        const std::vector<SourceText>& sources) {
    return Locator(output, marks, sources).run();
}

void collectGeneration(Rendered& rendered, const std::vector<jinja::Mark>& marks,
                       const std::vector<SourceText>& sources) {
    std::vector<Mark> blocks;
    std::vector<Mark> contents;
    for (const Mark& mark : marks) {
        (mark.kind == MarkKind::Generation ? blocks : contents).push_back(mark);
    }
    std::stable_sort(blocks.begin(), blocks.end(), byPosition);
    std::stable_sort(contents.begin(), contents.end(), byPosition);
    for (const Mark& block : blocks) {
        rendered.generation.push_back({block.begin, block.end});
        int message = block.id;
        const auto first = std::lower_bound(contents.begin(), contents.end(), block.begin,
                                            [](const Mark& mark, std::uint32_t at) { return mark.begin < at; });
        if (first != contents.end() && first->end <= block.end) {
            message = sources[static_cast<std::size_t>(first->id)].message;
        } else if (message < 0 && first != contents.begin()) {
            message = sources[static_cast<std::size_t>(std::prev(first)->id)].message;
        }
        rendered.generationMessage.push_back(message);
    }
}

} // namespace fettle::text
