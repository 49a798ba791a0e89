// One row through an export: converted, built, read back by the importer, compared. Internal to core/data.
#pragma once

#include "data/export_shapes.h"
#include "data/exporter.h"
#include "data/formats.h"

namespace fettle::data {

/// How the rows of one file are written: the importer's format that reads them, the container, and in a table the
/// columns.
struct ExportPlanShape {
    const RowFormat* readBack = nullptr;
    std::vector<const ExportShape*> shapes; // of that format, by preference
    ExportContainer container = ExportContainer::Lines;
    std::vector<std::string> columns;
    [[nodiscard]] bool isTable() const {
        return container == ExportContainer::Csv || container == ExportContainer::Tsv;
    }
};

struct BuiltRow {
    Json row; // null: refused
    bool converted = false;
    std::string refusal;
    Sample expected; // what reading it back should give
};
[[nodiscard]] BuiltRow buildRow(const Sample& sample, const ExportPlanShape& plan);

/// The cell of a value as tables hold it.
[[nodiscard]] std::string cellOf(const Json& value);
/// Cells in the order of the columns; keys without a column are left out.
[[nodiscard]] std::vector<std::string> cellsOf(const Json& row, const std::vector<std::string>& columns);

/// Reads rows back the way the importer of the file would.
class ReadBack {
public:
    explicit ReadBack(const ExportPlanShape& plan);
    ~ReadBack();
    ReadBack(const ReadBack&) = delete;
    ReadBack& operator=(const ReadBack&) = delete;

    /// Losses of the row; a refusal is one with an empty key.
    [[nodiscard]] std::vector<ExportLoss> losses(const BuiltRow& built);

private:
    struct Table;
    const ExportPlanShape& m_plan;
    std::unique_ptr<Table> m_table;
};

} // namespace fettle::data
