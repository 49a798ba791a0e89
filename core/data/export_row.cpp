// Building rows, reading them back, and telling the difference.
#include "data/export_row.h"

#include "base/utf8.h"
#include "data/row_importer.h"
#include "data/value_diff.h"

#include <algorithm>

namespace fettle::data {
namespace {

bool isTextObject(const std::string& text, Json& out) {
    JsonParseError fault;
    auto parsed = parseJsonDetailed(text, fault);
    if (parsed && parsed->is_object()) {
        out = std::move(*parsed);
        return true;
    }
    return false;
}

// A call in one form: unframed, arguments as an object, "type" left out. What formats write differently and mean alike.
Json plainCall(const Json& call) {
    Json out = functionOf(call);
    if (out.is_object()) {
        Json* arguments = present(out, "arguments");
        Json object;
        if (arguments == nullptr) {
            out["arguments"] = Json::object();
        } else if (arguments->is_string() && isTextObject(arguments->get_ref<const std::string&>(), object)) {
            *arguments = std::move(object);
        }
        if (&functionOf(call) != &call) {
            if (const Json* id = present(call, "id")) {
                out["id"] = *id;
            }
        }
        out.erase("type");
    }
    return out;
}

// Messages in the form in which they are compared.
void plainMessages(Json& messages) {
    if (!messages.is_array()) {
        return;
    }
    for (Json& message : messages) {
        if (!message.is_object()) {
            continue;
        }
        const Json* role = present(message, "role");
        const Json* weight = present(message, "weight");
        if (weight != nullptr && role != nullptr && *role == "assistant" && weight->is_number() &&
            weight->get<double>() == 1.0) {
            message.erase("weight"); // trained, as without it
        }
        Json* calls = present(message, "tool_calls");
        if (calls != nullptr && calls->is_array()) {
            for (Json& call : *calls) {
                call = plainCall(call);
            }
        }
        if (Json* call = present(message, "function_call")) {
            *call = plainCall(*call);
        }
        const bool asks = (calls != nullptr && !calls->empty()) || present(message, "function_call") != nullptr;
        if (const Json* content = present(message, "content"); asks && content != nullptr && *content == "") {
            message.erase("content"); // nothing said beside the call
        }
    }
}

Sample plainSample(const Sample& sample) {
    Sample out = sample;
    for (const char* key : {"messages", "prompt", "completion", "chosen", "rejected"}) {
        if (Json* list = out.row.is_object() ? present(out.row, key) : nullptr) {
            plainMessages(*list);
        }
    }
    return out;
}

// What formats add of their own and nobody misses: ids of calls where there were none.
bool isHarmless(const ValueDifference& difference) {
    return difference.kind == DifferenceKind::Added &&
           (difference.key.ends_with("].id") || difference.key.ends_with(".tool_call_id"));
}

std::string shortText(const Json& value) {
    constexpr std::size_t kShown = 40;
    std::string text = dumpJson(value);
    if (text.size() > kShown) {
        text.resize(kShown);
        text.resize(text.size() - incompleteUtf8Tail(text));
        text += "…";
    }
    return text;
}

std::string reasonOf(const ValueDifference& difference) {
    switch (difference.kind) {
    case DifferenceKind::Lost:
        return "the format has no place for it";
    case DifferenceKind::Added:
        return "it would come back as " + shortText(*difference.second) + ", and was not there";
    case DifferenceKind::Changed:
        break;
    }
    return "it would come back as " + shortText(*difference.second);
}

// Control characters would make readers take the table for something else.
bool fitsCell(std::string_view cell) {
    return std::none_of(cell.begin(), cell.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
    });
}

bool isCarriageReturnAlone(std::string_view text) {
    for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
        if (at + 1 == text.size() || text[at + 1] != '\n') {
            return true;
        }
    }
    return false;
}

bool isMessageList(const Json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_object(); });
}

// Whether the row has what its kind must have: what builders rely on. Rows of importers do; edited ones may not.
bool isNormalForm(const Sample& sample) {
    const auto is = [&](const char* key, bool text, bool messages) {
        const Json* value = present(sample.row, key);
        return value != nullptr && ((text && value->is_string()) || (messages && isMessageList(*value)));
    };
    const auto isList = [&](const char* key) {
        const Json* value = present(sample.row, key);
        return value != nullptr && value->is_array();
    };
    switch (sample.kind) {
    case SampleKind::Chat:
        return is("messages", false, true);
    case SampleKind::Completion:
        return is("prompt", true, false) && is("completion", true, false);
    case SampleKind::Text:
        return is("text", true, false);
    case SampleKind::PromptOnly:
        return is("prompt", true, true);
    case SampleKind::Preference:
        return is("prompt", true, true) && is("chosen", true, true) && is("rejected", true, true);
    case SampleKind::Feedback:
        return is("prompt", true, true) && is("completion", true, true) && present(sample.row, "label") != nullptr;
    case SampleKind::Stepwise:
        return is("prompt", true, false) && isList("completions") && isList("labels");
    case SampleKind::Ids:
        return isList("ids") && isList("labels");
    case SampleKind::None:
        break;
    }
    return false;
}

} // namespace

std::string cellOf(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_null() ? std::string() : dumpJson(value);
}

std::vector<std::string> cellsOf(const Json& row, const std::vector<std::string>& columns) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) {
        const Json* value = present(row, column);
        cells.push_back(value != nullptr ? cellOf(*value) : std::string());
    }
    return cells;
}

BuiltRow buildRow(const Sample& sample, const ExportPlanShape& plan) {
    BuiltRow out;
    if (!sample.row.is_object() || !isNormalForm(sample)) {
        out.refusal = "the row lacks what its kind must have";
        return out;
    }
    for (const ExportShape* shape : plan.shapes) {
        out.expected = sample;
        if (!convertSample(out.expected, shape->kind, shape->needsMessages)) {
            continue;
        }
        out.converted = out.expected.kind != sample.kind || out.expected.row != sample.row;
        out.row = shape->build(out.expected, out.refusal);
        if (!out.refusal.empty()) {
            out.row = nullptr;
        }
        return out;
    }
    out.expected = sample;
    out.refusal = std::string("a row of kind ") + sampleKindName(sample.kind) + " does not fit into a file of " +
                  plan.readBack->name + " rows";
    return out;
}

struct ReadBack::Table {
    std::string path;
    ImportOptions options;
    std::function<bool(Sample&&)> take;
    FaultSink sink;
    std::optional<Sample> sample;
    std::string fault;
    std::unique_ptr<RowImporter> importer;
};

ReadBack::ReadBack(const ExportPlanShape& plan)
    : m_plan(plan) {
    if (!plan.isTable()) {
        return;
    }
    m_table = std::make_unique<Table>();
    Table& table = *m_table;
    table.options.maxFaults = 0;
    table.take = [&table](Sample&& sample) {
        table.sample = std::move(sample);
        return true;
    };
    table.sink = [&table](RowFault&& fault, Audience audience, std::string_view) {
        if (fault.severity == Severity::Error && audience != Audience::Count) {
            table.fault = fault.reason;
        }
    };
    table.importer = std::make_unique<RowImporter>(table.path, table.options, table.take, table.sink);
    table.importer->setFormat(plan.readBack);
    table.importer->setColumns(plan.columns);
}

ReadBack::~ReadBack() = default;

std::vector<ExportLoss> ReadBack::losses(const BuiltRow& built) {
    std::vector<ExportLoss> out;
    const auto add = [&](std::string key, std::string reason) {
        ExportLoss loss;
        loss.key = std::move(key);
        loss.reason = std::move(reason);
        out.push_back(std::move(loss));
    };
    if (built.row.is_null()) {
        add({}, built.refusal);
        return out;
    }
    std::optional<Sample> got;
    std::string fault;
    if (m_table != nullptr) {
        std::vector<std::string> cells = cellsOf(built.row, m_plan.columns);
        if (!std::all_of(cells.begin(), cells.end(), fitsCell)) {
            add({}, "a control character cannot stand in a table");
            return out;
        }
        m_table->sample.reset();
        m_table->fault.clear();
        (void)m_table->importer->tableRow(1, cells, {});
        got = std::move(m_table->sample);
        fault = m_table->fault;
    } else {
        const auto all = rowFormats();
        const auto detected =
            std::find_if(all.begin(), all.end(), [&](const RowFormat& format) { return format.matches(built.row); });
        if (detected == all.end() || std::string_view(detected->name) != m_plan.readBack->name) {
            add({}, "the row would be read back as another format");
            return out;
        }
        Json copy = built.row;
        RowFaults faults;
        Sample sample;
        m_plan.readBack->normalise(std::move(copy), faults, sample);
        if (!faults.bad()) {
            got = std::move(sample);
        } else {
            for (const PendingFault& one : faults.faults()) {
                if (one.severity == Severity::Error && one.audience != Audience::Count && fault.empty()) {
                    fault = one.key.empty() ? one.reason : one.key + ": " + one.reason;
                }
            }
        }
    }
    if (!got) {
        add({}, "it could not be read back: " + fault);
        return out;
    }
    if (m_plan.container == ExportContainer::Folder) {
        const std::string text = cellOf(built.row["text"]);
        if (text.starts_with("\xEF\xBB\xBF") || !fitsCell(text) || isCarriageReturnAlone(text)) {
            add({}, "the text cannot stand in a file as it is");
            return out;
        }
        got->row.erase("metadata");
    }
    const Sample wanted = plainSample(built.expected);
    const Sample given = plainSample(*got);
    if (wanted.kind != given.kind) {
        add({}, std::string("it would come back as ") + sampleKindName(given.kind));
        return out;
    }
    for (const ValueDifference& difference : differencesOf(wanted.row, given.row)) {
        // An empty list of messages before the answers is written as none.
        const bool empty =
            difference.kind == DifferenceKind::Lost && difference.first->is_array() && difference.first->empty();
        if (!isHarmless(difference) && !empty) {
            add(difference.key, reasonOf(difference));
        }
    }
    return out;
}

} // namespace fettle::data
