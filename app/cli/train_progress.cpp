// Progress of a run on the terminal.
#include "cli/train_progress.h"

#include "base/clock.h"
#include "base/numbers.h"
#include "cli/output.h"

#include <algorithm>

#include <unistd.h>

namespace fettle::app {
namespace {

// One line of text for the terminal: newlines shown, cut at `limit` bytes on a character border.
std::string shortened(std::string text, std::size_t limit) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "↵";
        } else {
            out += c;
        }
    }
    if (out.size() > limit) {
        std::size_t end = limit;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) {
            --end;
        }
        out = out.substr(0, end) + "…";
    }
    return out;
}

} // namespace

TrainProgress::TrainProgress(bool on)
    : m_on(on)
    , m_terminal(isatty(STDERR_FILENO) != 0) {}

void TrainProgress::line(const std::string& text) {
    finish();
    printNote(text);
}

void TrainProgress::live(const std::string& text) {
    const std::int64_t now = systemClock().monotonicMs();
    if (m_terminal) {
        const std::string out = "\r\x1b[K" + text;
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, out.data(), out.size());
        m_liveShown = true;
    } else if (now - m_lastPrintedMs >= 2000 || m_lastPrintedMs == 0) {
        printNote(text);
        m_lastPrintedMs = now;
    }
}

void TrainProgress::finish() {
    if (m_liveShown) {
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, "\n", 1);
        m_liveShown = false;
    }
}

void TrainProgress::take(const run::RunEvent& event) {
    if (!m_on) {
        return;
    }
    if (const auto* step = std::get_if<run::StepMetrics>(&event.body)) {
        const double seconds = step->stepMs / 1000.0;
        m_secondsPerStep = m_secondsPerStep == 0 ? seconds : 0.9 * m_secondsPerStep + 0.1 * seconds;
        std::string text = "step " + std::to_string(step->step);
        if (m_totalSteps > 0) {
            text += " of " + std::to_string(m_totalSteps);
        }
        text += "  loss " + formatFixed(step->loss, 3) + "  " + formatFixed(step->tokensPerSecond, 0) + " tokens/s";
        if (m_totalSteps > step->step) {
            text += "  about " + formatDuration(m_secondsPerStep * static_cast<double>(m_totalSteps - step->step)) +
                    " left";
        }
        live(text);
    } else if (const auto* evaluation = std::get_if<run::EvalMetrics>(&event.body)) {
        line("step " + std::to_string(evaluation->step) + "  " + evaluation->split + " loss " +
             formatFixed(evaluation->loss, 3) + "  token accuracy " + formatFixed(100 * evaluation->tokenAccuracy, 1) +
             " %");
    } else if (const auto* sample = std::get_if<run::SampleGenerated>(&event.body)) {
        if (sample->promptId == 0) {
            line("  " + shortened(sample->prompt, 90) + "\n    base  " + shortened(sample->base, 90) + "\n    now   " +
                 shortened(sample->text, 90));
        }
    } else if (const auto* state = std::get_if<run::StateChanged>(&event.body)) {
        if (state->state == jobs::RunState::Starting) {
            line(state->fromStep ? "Going on from step " + std::to_string(*state->fromStep)
                                 : std::string("Starting: reading rows, loading the model"));
        }
    } else if (const auto* log = std::get_if<run::LogLine>(&event.body)) {
        line((log->level == "info" ? "" : log->level + ": ") + log->text);
    }
}

} // namespace fettle::app
