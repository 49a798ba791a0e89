// From a Sample to token ids and labels, for every kind that SFT can train on.
#pragma once

#include "data/sample.h"
#include "text/encode.h"

namespace fettle::data {

struct SampleEncoding {
    text::TrainOn trainOn = text::TrainOn::Assistant;
    bool useTemplate = true; // false: recipe says template: none
};

/// Chat, Completion (texts become one user and one assistant message; message lists train only the completion), Text,
/// Ids. Others: Unsupported.
[[nodiscard]] Result<text::EncodedRow> encodeSample(const text::TextModel& model, const Sample& sample,
                                                    const SampleEncoding& options);

} // namespace fettle::data
