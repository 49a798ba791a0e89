// An engine that answers from a script, token by token, for tests of Try it. No torch.
#pragma once

#include "base/mutex.h"
#include "train/engine.h"
#include "train/model_text.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace fettle::ui {

struct FakeAnswers {
    std::string base = "base says no";
    std::string tuned = "tuned says yes";
    int tokenDelayMs = 0;
    std::optional<Error> loadError, generateError;
    std::atomic<int> loads{0}, generations{0};
    std::atomic<bool> sawStop{false};
    std::atomic<bool> scoreByPlace{false}; // the loss of a token grows with its place in the row; else it is 0
    Mutex mutex;
    std::vector<std::string> prompts FETTLE_GUARDED_BY(mutex); // as text
    std::vector<std::string> adapters FETTLE_GUARDED_BY(mutex);
};

class FakeLoaded final : public train::LoadedModel {
public:
    FakeLoaded(FakeAnswers& answers, text::TextModel text)
        : m_answers(answers)
        , m_text(std::move(text)) {}
    Result<std::vector<double>> score(std::span<const std::int32_t> ids) override {
        std::vector<double> out(ids.size(), 0.0);
        for (std::size_t i = 0; m_answers.scoreByPlace && i < out.size(); ++i) {
            out[i] = -0.25 * static_cast<double>(i % 20);
        }
        return out;
    }
    Result<std::vector<float>> logits(std::span<const std::int32_t>) override {
        return makeError(ErrorCode::Unsupported, "not here");
    }
    Result<std::vector<train::Generation>> generate(const std::vector<std::vector<std::int32_t>>& prompts,
                                                    const train::GenerateOptions& options,
                                                    const std::function<void(int, std::int32_t)>& onToken) override {
        ++m_answers.generations;
        if (m_answers.generateError) {
            return *m_answers.generateError;
        }
        {
            MutexLock lock(m_answers.mutex);
            m_answers.prompts.push_back(m_text.tokenizer->decode(prompts.at(0)));
        }
        FETTLE_TRY_VALUE(const text::Encoding encoded,
                         m_text.tokenizer->encode(m_adapter.empty() ? m_answers.base : m_answers.tuned));
        train::Generation out;
        for (const std::int32_t id : encoded.ids) {
            if (static_cast<int>(out.ids.size()) >= options.maxNewTokens) {
                return std::vector{out};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(m_answers.tokenDelayMs));
            if (options.stop.stop_requested()) {
                m_answers.sawStop = true;
                return std::vector{out};
            }
            out.ids.push_back(id);
            onToken(0, id);
        }
        out.stopped = true;
        return std::vector{out};
    }
    Result<void> setAdapter(const std::string& folder) override {
        m_adapter = folder;
        MutexLock lock(m_answers.mutex);
        m_answers.adapters.push_back(folder);
        return {};
    }

private:
    FakeAnswers& m_answers;
    text::TextModel m_text;
    std::string m_adapter;
};

class FakeEngine final : public train::Engine {
public:
    FakeAnswers answers;
    train::EngineInfo info() override { return {}; }
    Result<std::unique_ptr<train::LoadedModel>> load(const train::LoadOptions& options) override {
        ++answers.loads;
        if (answers.loadError) {
            return *answers.loadError;
        }
        FETTLE_TRY_VALUE(text::TextModel text, train::loadTextModel(options.model));
        return std::unique_ptr<train::LoadedModel>(std::make_unique<FakeLoaded>(answers, std::move(text)));
    }
    std::unique_ptr<train::Trainer> makeTrainer() override { return nullptr; }
    Result<Json> benchTrain(const train::BenchTrainOptions&) override {
        return makeError(ErrorCode::Unsupported, "not here");
    }
    Result<Json> benchGemm(const std::string&, int) override { return makeError(ErrorCode::Unsupported, "not here"); }
};

} // namespace fettle::ui
