// divergence.json: numbers that are none are null.
#include "train/divergence_record.h"

#include "base/files.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::train {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

double numberAt(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found == json.end() || !found->is_number() ? kNan : found->get<double>();
}

std::int64_t countAt(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found == json.end() || !found->is_number_integer() ? 0 : found->get<std::int64_t>();
}

Error damaged(const std::string& path, const char* key) {
    return makeError(ErrorCode::Corrupt, "is not what a run writes when it diverges").at(path).forKey(key);
}

} // namespace

std::string divergenceFile(const std::string& runFolder) {
    return runFolder + "/divergence.json";
}

void addRows(DivergenceRecord& record, const data::PackedBatch& batch, std::span<const float> losses) {
    std::size_t label = 0;
    for (const data::Segment& segment : batch.segments) {
        const auto known = std::find_if(record.rows.begin(), record.rows.end(),
                                        [&](const DivergedRow& row) { return row.sample == segment.sample; });
        const bool fresh = known == record.rows.end();
        DivergedRow row = fresh ? DivergedRow{segment.sample, 0, 0, 0, {}} : std::move(*known);
        double sum = row.loss * static_cast<double>(row.labels);
        for (; label < batch.labelRows.size() && batch.labelRows[label] < segment.end && label < losses.size();
             ++label) {
            const float loss = losses[label];
            row.tokenLoss.push_back(loss);
            ++row.labels;
            row.bad += std::isfinite(loss) ? 0 : 1;
            sum += static_cast<double>(loss);
        }
        row.loss = row.labels > 0 ? sum / static_cast<double>(row.labels) : 0;
        if (fresh) {
            record.rows.push_back(std::move(row));
        } else {
            *known = std::move(row);
        }
    }
}

Result<void> writeDivergence(const std::string& runFolder, const DivergenceRecord& record) {
    Json json = Json::object();
    json["step"] = record.step;
    json["what"] = record.what;
    json["learning_rate"] = number(record.learningRate);
    json["gradient_norm"] = number(record.gradientNorm);
    json["adapter_finite"] = record.adapterFinite;
    json["largest_parameter"] = number(record.largestParameter);
    json["bad_layers"] = record.badLayers;
    json["rows_in_step"] = record.rowsInStep;
    Json rows = Json::array();
    std::size_t withTokens = 0;
    // Rows with a bad token first: when there are too many, theirs are the losses to keep.
    std::vector<const DivergedRow*> order;
    for (const DivergedRow& row : record.rows) {
        order.push_back(&row);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const DivergedRow* a, const DivergedRow* b) { return (a->bad > 0) > (b->bad > 0); });
    for (const DivergedRow* row : order) {
        Json one = {{"sample", row->sample}, {"loss", number(row->loss)}, {"labels", row->labels}, {"bad", row->bad}};
        if (withTokens < kRowsWithTokens) {
            ++withTokens;
            Json tokens = Json::array();
            for (const float loss : row->tokenLoss) {
                tokens.push_back(number(static_cast<double>(loss)));
            }
            one["token_loss"] = std::move(tokens);
        }
        rows.push_back(std::move(one));
    }
    json["rows"] = std::move(rows);
    return writeFileAtomic(divergenceFile(runFolder), dumpJson(json) + "\n");
}

Result<std::optional<DivergenceRecord>> readDivergence(const std::string& runFolder) {
    const std::string path = divergenceFile(runFolder);
    if (!fileExists(path)) {
        return std::optional<DivergenceRecord>();
    }
    FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer()) {
        return damaged(path, "step");
    }
    DivergenceRecord out;
    out.step = json["step"].get<std::int64_t>();
    if (!json.contains("what") || !json["what"].is_string()) {
        return damaged(path, "what");
    }
    out.what = json["what"].get<std::string>();
    out.learningRate = numberAt(json, "learning_rate");
    out.gradientNorm = numberAt(json, "gradient_norm");
    out.adapterFinite = !json.contains("adapter_finite") || json["adapter_finite"] != Json(false);
    out.largestParameter = numberAt(json, "largest_parameter");
    out.rowsInStep = countAt(json, "rows_in_step");
    if (json.contains("bad_layers") && json["bad_layers"].is_array()) {
        for (const Json& layer : json["bad_layers"]) {
            if (layer.is_number_integer()) {
                out.badLayers.push_back(layer.get<std::int64_t>());
            }
        }
    }
    if (!json.contains("rows") || !json["rows"].is_array()) {
        return damaged(path, "rows");
    }
    for (const Json& one : json["rows"]) {
        if (!one.is_object() || !one.contains("sample") || !one["sample"].is_number_integer()) {
            return damaged(path, "rows.sample");
        }
        DivergedRow row;
        row.sample = one["sample"].get<std::int64_t>();
        row.loss = numberAt(one, "loss");
        row.labels = countAt(one, "labels");
        row.bad = countAt(one, "bad");
        if (one.contains("token_loss") && one["token_loss"].is_array()) {
            for (const Json& loss : one["token_loss"]) {
                row.tokenLoss.push_back(loss.is_number() ? loss.get<float>() : static_cast<float>(kNan));
            }
        }
        out.rows.push_back(std::move(row));
    }
    return std::optional<DivergenceRecord>(std::move(out));
}

} // namespace fettle::train
