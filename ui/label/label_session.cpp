#include "label/label_session.h"

#include <algorithm>

namespace fettle::ui {

void LabelSession::add(LabelDone done) {
    m_spentMs += done.spentMs;
    m_undone.clear(); // as the journal forgets what could be redone
    m_done.push_back(std::move(done));
}

std::optional<LabelDone> LabelSession::undone(const std::string& step) {
    if (m_done.empty() || m_done.back().step != step) {
        return std::nullopt;
    }
    LabelDone out = std::move(m_done.back());
    m_done.pop_back();
    m_undone.push_back(out);
    return out;
}

std::optional<LabelDone> LabelSession::redone(const std::string& step) {
    if (m_undone.empty() || m_undone.back().step != step) {
        return std::nullopt;
    }
    LabelDone out = std::move(m_undone.back());
    m_undone.pop_back();
    m_done.push_back(out);
    return out;
}

std::int64_t LabelSession::labelled() const {
    return std::count_if(m_done.begin(), m_done.end(), decides);
}

std::int64_t LabelSession::changed() const {
    return std::count_if(m_done.begin(), m_done.end(),
                         [](const LabelDone& each) { return each.outcome == LabelOutcome::Changed; });
}

std::int64_t LabelSession::rejected() const {
    return std::count_if(m_done.begin(), m_done.end(),
                         [](const LabelDone& each) { return each.outcome == LabelOutcome::Rejected; });
}

std::optional<double> LabelSession::perMinute() const {
    constexpr std::int64_t kEnough = 3;
    const std::int64_t decisions = labelled();
    if (decisions < kEnough || m_spentMs <= 0) {
        return std::nullopt;
    }
    return static_cast<double>(decisions) * 60'000.0 / static_cast<double>(m_spentMs);
}

std::vector<std::int64_t> LabelSession::bars(std::size_t bars, std::int64_t nowMs) const {
    std::vector<std::int64_t> out(bars, 0);
    if (bars == 0) {
        return out;
    }
    const std::int64_t length = std::max<std::int64_t>(nowMs - m_beginMs, 1);
    for (const LabelDone& each : m_done) {
        if (decides(each) && each.atMs >= m_beginMs) {
            const auto part =
                static_cast<std::size_t>((each.atMs - m_beginMs) * static_cast<std::int64_t>(bars) / length);
            ++out[std::min(part, bars - 1)];
        }
    }
    return out;
}

} // namespace fettle::ui
