// The columns that JSON rows need together, and rows put into them. Internal to the Parquet module.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fettle::data {

/// What values of one key have in common. Whole numbers and others together are numbers; null goes with everything; a
/// struct holds every key that any of its values has, in the order of their coming.
class ColumnShape {
public:
    /// Takes one value. False where no column can hold it beside those before: `problem` then says why.
    bool add(const Json& value, const std::string& path, std::int64_t row, std::string& problem);
    /// A key that only ever was null, or an empty list or object, is a column of nulls or of empty lists.
    [[nodiscard]] std::shared_ptr<arrow::DataType> type() const;
    /// Appends the value to a builder of type(); null and absent are null.
    [[nodiscard]] static Result<void> append(arrow::ArrayBuilder& builder, const Json& value);

private:
    enum class Kind { Unknown = 0, Bool, Integer, Number, Text, List, Struct };
    Kind m_kind = Kind::Unknown;
    std::int64_t m_row = 0; // where the kind was first seen
    std::unique_ptr<ColumnShape> m_item;
    std::vector<std::pair<std::string, std::unique_ptr<ColumnShape>>> m_members;
    std::map<std::string, std::size_t, std::less<>> m_places;
};

} // namespace fettle::data
