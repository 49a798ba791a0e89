// The border of the real trainer: turns whatever ends a run into one final event.
#include "train/engine_trainer.h"

#include "train/training_run.h"

#include <exception>

namespace fettle::train {
namespace {

std::string reasonOf(const Error& error) {
    switch (error.code) {
    case ErrorCode::NonFinite:
        return "non_finite_loss";
    case ErrorCode::DiskFull:
        return "disk_full";
    case ErrorCode::OutOfMemory:
        return "out_of_memory";
    case ErrorCode::DeviceLost:
        return "device_lost";
    case ErrorCode::Permission:
        return "read_only";
    default:
        return "error";
    }
}

class EngineTrainer final : public Trainer {
public:
    [[nodiscard]] Result<jobs::RunState> run(const std::string& runFolder, const recipe::Recipe& recipe,
                                             jobs::RunControl& control, EventSink& sink) override {
        TrainingRun training(runFolder, recipe, control, sink);
        Result<jobs::RunState> ended = Error{};
        try {
            ended = training.execute();
        } catch (const std::bad_alloc&) {
            ended =
                makeError(ErrorCode::OutOfMemory, "out of memory", "Lower training.micro_tokens or training.context.");
        } catch (const std::exception& exception) {
            ended = makeError(ErrorCode::Internal, exception.what());
        }
        run::StateChanged last;
        last.step = training.step();
        if (ended) {
            last.state = *ended;
            if (training.ending()) {
                last.reason = training.ending()->reason;
                last.message = training.ending()->message;
            } else if (*ended == jobs::RunState::Stopped || *ended == jobs::RunState::Aborted) {
                last.reason = "user";
            }
        } else {
            const RunFault& fault = training.fault();
            last.state = jobs::RunState::Failed;
            last.reason = fault.reason.empty() ? reasonOf(ended.error()) : fault.reason;
            last.message = ended.error().text();
            last.rows = fault.rows;
            if (fault.step) {
                last.step = fault.step;
            }
        }
        FETTLE_TRY(sink.publish(last));
        return last.state;
    }
};

} // namespace

std::unique_ptr<Trainer> makeEngineTrainer() {
    return std::make_unique<EngineTrainer>();
}

} // namespace fettle::train
