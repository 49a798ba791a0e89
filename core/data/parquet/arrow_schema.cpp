// Types by what the values are, builders filled by what they are.
#include "data/parquet/arrow_schema.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include <limits>

namespace fettle::data {
namespace {

Result<void> told(const arrow::Status& status) {
    if (status.ok()) {
        return {};
    }
    return makeError(status.IsOutOfMemory() ? ErrorCode::OutOfMemory : ErrorCode::Io,
                     "the table cannot be built: " + status.message());
}

constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

const char* wordOf(int kind) {
    constexpr const char* words[] = {"nothing", "true or false", "a number", "a number",
                                     "a text",  "a list",        "an object"};
    return words[kind];
}

} // namespace

bool ColumnShape::add(const Json& value, const std::string& path, std::int64_t row, std::string& problem) {
    if (value.is_null()) {
        return true;
    }
    const Kind kind = value.is_boolean()                                                    ? Kind::Bool
                      : value.is_number_unsigned() && value.get<std::uint64_t>() > kLargest ? Kind::Number
                      : value.is_number_integer()                                           ? Kind::Integer
                      : value.is_number()                                                   ? Kind::Number
                      : value.is_string()                                                   ? Kind::Text
                      : value.is_array()                                                    ? Kind::List
                                                                                            : Kind::Struct;
    const bool numbers =
        (m_kind == Kind::Integer && kind == Kind::Number) || (m_kind == Kind::Number && kind == Kind::Integer);
    if (m_kind == Kind::Unknown) {
        m_kind = kind;
        m_row = row;
    } else if (numbers) {
        m_kind = Kind::Number;
    } else if (m_kind != kind) {
        problem = path + " is " + wordOf(static_cast<int>(m_kind)) + " in row " + std::to_string(m_row) + " and " +
                  wordOf(static_cast<int>(kind)) + " in row " + std::to_string(row) + "; a column holds one type";
        return false;
    }
    if (kind == Kind::List) {
        if (m_item == nullptr) {
            m_item = std::make_unique<ColumnShape>();
        }
        for (const Json& item : value) {
            if (!m_item->add(item, path + "[]", row, problem)) {
                return false;
            }
        }
    } else if (kind == Kind::Struct) {
        for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
            auto place = m_places.find(name);
            if (place == m_places.end()) {
                place = m_places.emplace(name, m_members.size()).first;
                m_members.emplace_back(name, std::make_unique<ColumnShape>());
            }
            if (!m_members[place->second].second->add(member, path.empty() ? name : path + '.' + name, row, problem)) {
                return false;
            }
        }
    }
    return true;
}

std::shared_ptr<arrow::DataType> ColumnShape::type() const {
    switch (m_kind) {
    case Kind::Unknown:
        return arrow::null();
    case Kind::Bool:
        return arrow::boolean();
    case Kind::Integer:
        return arrow::int64();
    case Kind::Number:
        return arrow::float64();
    case Kind::Text:
        return arrow::utf8();
    case Kind::List:
        return arrow::list(m_item->type());
    case Kind::Struct:
        break;
    }
    if (m_members.empty()) {
        return arrow::utf8(); // Parquet has no struct without members: "{}" is read as one
    }
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& [name, member] : m_members) {
        fields.push_back(arrow::field(name, member->type()));
    }
    return arrow::struct_(std::move(fields));
}

Result<void> ColumnShape::append(arrow::ArrayBuilder& builder, const Json& value) {
    if (value.is_null()) {
        return told(builder.AppendNull());
    }
    switch (builder.type()->id()) {
    case arrow::Type::BOOL:
        return told(static_cast<arrow::BooleanBuilder&>(builder).Append(value.get<bool>()));
    case arrow::Type::INT64:
        return told(static_cast<arrow::Int64Builder&>(builder).Append(value.get<std::int64_t>()));
    case arrow::Type::DOUBLE:
        return told(static_cast<arrow::DoubleBuilder&>(builder).Append(value.get<double>()));
    case arrow::Type::STRING:
        return told(static_cast<arrow::StringBuilder&>(builder).Append(
            value.is_string() ? value.get_ref<const std::string&>() : value.dump()));
    case arrow::Type::LIST: {
        auto& list = static_cast<arrow::ListBuilder&>(builder);
        FETTLE_TRY(told(list.Append()));
        for (const Json& item : value) {
            FETTLE_TRY(append(*list.value_builder(), item));
        }
        return {};
    }
    case arrow::Type::STRUCT: {
        auto& members = static_cast<arrow::StructBuilder&>(builder);
        FETTLE_TRY(told(members.Append()));
        static const Json nothing;
        for (int i = 0; i < members.num_fields(); ++i) {
            const auto found = value.find(members.type()->field(i)->name());
            FETTLE_TRY(append(*members.field_builder(i), found == value.end() ? nothing : *found));
        }
        return {};
    }
    default:
        return told(builder.AppendNull()); // an object or list that never held anything
    }
}

} // namespace fettle::data
