// What a person did since the queue was opened: counts, speed, the small bars, and what undo takes from them. No Qt,
// no clock: times come in.
#pragma once

#include "project/row_types.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fettle::ui {

enum class LabelOutcome { None = 0, Labelled, Accepted, Changed, Rejected, Preferred, Edited };

/// One step of the journal that the queue made.
struct LabelDone {
    project::RowId row = 0;
    std::string step; // label of the journal's step: what undo is recognised by
    LabelOutcome outcome = LabelOutcome::None;
    std::string before, after; // labels or answers, where they say something
    std::int64_t atMs = 0;
    std::int64_t spentMs = 0;
};

class LabelSession {
public:
    void clear() { *this = LabelSession(); }
    void begin(std::int64_t nowMs) { m_beginMs = nowMs; }
    void add(LabelDone done);
    /// The journal took back, or made again, the step of that label. nullopt: the step was not of this session.
    std::optional<LabelDone> undone(const std::string& step);
    std::optional<LabelDone> redone(const std::string& step);

    [[nodiscard]] std::int64_t labelled() const; // decisions: labels, verdicts, preferences
    [[nodiscard]] std::int64_t changed() const;
    [[nodiscard]] std::int64_t rejected() const;
    [[nodiscard]] std::int64_t spentMs() const { return m_spentMs; }
    /// Decisions a minute of working time; nullopt until there are three.
    [[nodiscard]] std::optional<double> perMinute() const;
    /// Decisions in `bars` equal parts of the time from the start until now.
    [[nodiscard]] std::vector<std::int64_t> bars(std::size_t bars, std::int64_t nowMs) const;
    [[nodiscard]] const std::vector<LabelDone>& done() const { return m_done; } // oldest first

private:
    static bool decides(const LabelDone& done) { return done.outcome != LabelOutcome::Edited; }
    std::vector<LabelDone> m_done, m_undone;
    std::int64_t m_beginMs = 0;
    std::int64_t m_spentMs = 0;
};

} // namespace fettle::ui
