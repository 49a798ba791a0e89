// The engine module: what the torch-free program sees of the engine. Every entry is a border: whatever torch throws
// leaves as an Error.
#include "engine/module/engine_module.h"

#include "engine/device.h"
#include "engine/guard.h"
#include "train/engine_trainer.h"

#include <torch/headeronly/version.h>

#include <thread>

namespace fettle::engine {
namespace {

class TorchEngine final : public train::Engine {
public:
    train::EngineInfo info() override {
        train::EngineInfo info;
        info.torchVersion = TORCH_VERSION;
        info.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        const auto summary = guarded([]() -> Result<DeviceSummary> { return deviceSummary(); });
        if (summary) {
            info.cpu = summary.value().cpu;
            info.fastBf16 = summary.value().fastBf16;
            info.cuda = summary.value().cuda;
            info.devices = summary.value().devices;
        }
        return info;
    }
    Result<std::unique_ptr<train::LoadedModel>> load(const train::LoadOptions& options) override {
        return guarded([&] { return loadForUse(options); });
    }
    std::unique_ptr<train::Trainer> makeTrainer() override {
        prepareTorch();
        return train::makeEngineTrainer();
    }
    Result<Json> benchTrain(const train::BenchTrainOptions& options) override {
        return guarded([&] { return engine::benchTrain(options); });
    }
    Result<Json> benchGemm(const std::string& model, int threads) override {
        return guarded([&] { return engine::benchGemm(model, threads); });
    }
};

} // namespace
} // namespace fettle::engine

extern "C" __attribute__((visibility("default"))) fettle::train::Engine*
fettleEngineCreate(std::uint32_t interfaceNumber) {
    if (interfaceNumber != fettle::train::kEngineInterface) {
        return nullptr;
    }
    static auto* engine = new fettle::engine::TorchEngine(); // never destroyed: torch's own statics go first at exit
    return engine;
}
