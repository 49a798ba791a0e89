#include "workspace/token_counter.h"

#include "data/encode_sample.h"
#include "data/row_checks.h"
#include "train/model_text.h"
#include "train/run_service.h"

namespace fettle::ui {

namespace {

text::TrainOn trainOnOf(const std::string& name) {
    return name == "last_assistant" ? text::TrainOn::LastAssistant
           : name == "all"          ? text::TrainOn::All
                                    : text::TrainOn::Assistant;
}

std::vector<project::RowCheck> kept(const std::vector<data::CheckHit>& hits) {
    std::vector<project::RowCheck> out;
    for (const data::CheckHit& hit : hits) {
        // One line a code: the first place, and where there are more of them their number is in the last one's detail.
        const bool known = std::any_of(out.begin(), out.end(),
                                       [&hit](const project::RowCheck& each) { return each.code == hit.check->code; });
        if (!known) {
            std::string detail = hit.key;
            if (!hit.detail.empty()) {
                detail += (detail.empty() ? "" : ": ") + hit.detail;
            }
            out.push_back({hit.check->code, detail, hit.other > 0 ? hit.other : 0});
        }
    }
    return out;
}

} // namespace

std::string counterKey(const recipe::Recipe& recipe) {
    return recipe.model + "|" + recipe.data.chatTemplate + "|" + recipe.data.trainOn + "|" +
           std::to_string(recipe.training.context);
}

Result<project::TokenCounter> tokenCounter(const recipe::Recipe& recipe, const std::string& projectFolder,
                                           const std::string& name) {
    FETTLE_TRY_VALUE(const std::string path, train::resolveModelPath(recipe.model));
    FETTLE_TRY_VALUE(text::TextModel own, train::loadTextModel(path));
    FETTLE_TRY_VALUE(text::TextModel model, train::withRecipeTemplate(std::move(own), recipe, projectFolder));
    const data::SampleEncoding how{.trainOn = trainOnOf(recipe.data.trainOn),
                                   .useTemplate = recipe.data.chatTemplate != "none"};
    project::TokenCounter out;
    out.name = name;
    out.count = [model = std::move(model), how,
                 context = recipe.training.context](const data::Sample& sample) -> Result<project::TokenCount> {
        FETTLE_TRY_VALUE(const text::EncodedRow row, data::encodeSample(model, sample, how));
        project::TokenCount count;
        count.tokens = static_cast<std::int64_t>(row.ids.size());
        count.trained = row.labelCount();
        count.checks = kept(data::checkTokens(sample, row, *model.tokenizer, {.context = context}));
        return count;
    };
    return out;
}

} // namespace fettle::ui
