// Two real optimizer steps of a recipe, on the device that would train it: speed and memory as measured figures. The
// run folder is a temporary one that nobody sees.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "jobs/run_control.h"
#include "recipe/recipe.h"

#include <QObject>

#include <memory>
#include <optional>
#include <string>

namespace fettle::ui {

class Workspace;

struct Measurement {
    std::string key;     // what speed and memory depend on
    std::string lossKey; // what the losses depend on beside it
    double tokensPerSecond = 0;
    std::uint64_t peakBytes = 0;
    double firstLoss = 0, secondLoss = 0;
    std::int64_t atMs = 0; // Unix
    std::optional<Error> error;
};

/// Thread: GUI.
class StepMeasure : public QObject {
    Q_OBJECT
public:
    static constexpr int kSteps = 2;
    explicit StepMeasure(Workspace& workspace, QObject* parent = nullptr);
    ~StepMeasure() override;

    /// Begins; what was under way is given up. Waits behind runs that use the device.
    void start(const recipe::Recipe& recipe);
    void cancel();
    [[nodiscard]] bool running() const { return m_job != nullptr; }
    /// 0 to 2 steps are done.
    [[nodiscard]] int stepsDone() const { return m_steps; }
    /// The last measurement; of an earlier recipe where it does not fit.
    [[nodiscard]] const std::optional<Measurement>& last() const { return m_last; }
    [[nodiscard]] bool fits(const recipe::Recipe& recipe) const;
    /// Whether the losses are those of this recipe too (rate, schedule).
    [[nodiscard]] bool lossesFit(const recipe::Recipe& recipe) const;
    /// How often it was started (for tests).
    [[nodiscard]] int started() const { return m_started; }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] std::string keyOf(const recipe::Recipe& recipe) const;
    [[nodiscard]] static std::string lossKeyOf(const recipe::Recipe& recipe);

    Workspace& m_workspace;
    Courier m_courier;
    std::shared_ptr<jobs::JobHandle> m_job;      // shared with the job system
    std::shared_ptr<jobs::RunControl> m_control; // shared with the job
    std::optional<Measurement> m_last;
    std::uint64_t m_generation = 0;
    int m_steps = 0, m_started = 0;
};

} // namespace fettle::ui
