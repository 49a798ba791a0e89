// Names of sample kinds, as normal-form rows and reports show them.
#include "data/sample.h"

namespace fettle::data {

const char* sampleKindName(SampleKind kind) {
    switch (kind) {
    case SampleKind::Chat:
        return "chat";
    case SampleKind::Completion:
        return "completion";
    case SampleKind::Text:
        return "text";
    case SampleKind::PromptOnly:
        return "prompt_only";
    case SampleKind::Preference:
        return "preference";
    case SampleKind::Feedback:
        return "feedback";
    case SampleKind::Stepwise:
        return "stepwise";
    case SampleKind::Ids:
        return "ids";
    case SampleKind::None:
        break;
    }
    return "none";
}

} // namespace fettle::data
