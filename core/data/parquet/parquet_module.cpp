// The module's class: files through Arrow's streaming reader and writer. Whatever Arrow throws or says becomes an
// error.
#include "base/files.h"
#include "data/parquet/arrow_schema.h"
#include "data/parquet/arrow_values.h"
#include "data/parquet_door.h"

#include <arrow/array/builder_nested.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include <algorithm>
#include <exception>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace fettle::data {
namespace {

constexpr std::int64_t kBatchRows = 1024;
constexpr std::int64_t kGroupRows = 16'384;

Error said(const arrow::Status& status, const std::string& path, bool reading) {
    if (status.IsOutOfMemory()) {
        return makeError(ErrorCode::OutOfMemory, "there is not enough memory for a part of the table").at(path);
    }
    if (status.detail() != nullptr && status.detail()->ToString().find("28") != std::string::npos) { // ENOSPC
        return makeError(ErrorCode::DiskFull, "the disk is full", "Free some space and export again.").at(path);
    }
    return reading ? makeError(ErrorCode::Corrupt, "is no Parquet file that can be read: " + status.message(),
                               "Write the table again, or save it as JSON lines or CSV.")
                         .at(path)
                   : makeError(ErrorCode::Io, "cannot be written: " + status.message()).at(path);
}

/// Runs what may throw: Parquet's own layer does, Arrow's does not.
template <class Function>
auto caught(const std::string& path, bool reading, Function&& function) -> decltype(function()) {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory, "there is not enough memory for a part of the table").at(path);
    } catch (const std::exception& error) {
        return said(arrow::Status::Invalid(error.what()), path, reading);
    }
}

#define FETTLE_ARROW(expression, path, reading)                                                                        \
    if (const arrow::Status status_ = (expression); !status_.ok()) {                                                   \
        return said(status_, path, reading);                                                                           \
    }

class ParquetFiles final : public Parquet {
public:
    Result<ParquetInfo> info(const std::string& path) override {
        return caught(path, true, [&]() -> Result<ParquetInfo> {
            FETTLE_TRY_VALUE(const std::unique_ptr<parquet::arrow::FileReader> reader, open(path));
            std::shared_ptr<arrow::Schema> schema;
            FETTLE_ARROW(reader->GetSchema(&schema), path, true);
            ParquetInfo out;
            out.rows = reader->parquet_reader()->metadata()->num_rows();
            for (const auto& field : schema->fields()) {
                out.columns.push_back({field->name(), field->type()->ToString()});
            }
            return out;
        });
    }

    Result<void> read(const std::string& path, const std::function<bool(ParquetRow&&)>& take) override {
        return caught(path, true, [&]() -> Result<void> {
            FETTLE_TRY_VALUE(const std::unique_ptr<parquet::arrow::FileReader> reader, open(path));
            auto batches = reader->GetRecordBatchReader();
            FETTLE_ARROW(batches.status(), path, true);
            std::int64_t number = 0;
            for (;;) {
                std::shared_ptr<arrow::RecordBatch> batch;
                FETTLE_ARROW((*batches)->ReadNext(&batch), path, true);
                if (batch == nullptr) {
                    return {};
                }
                FETTLE_ARROW(batch->Validate(), path, true);
                for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
                    if (!take(rowOf(*batch, i, ++number))) {
                        return {};
                    }
                }
            }
        });
    }

    Result<std::int64_t> write(const std::string& path, const JsonRowSource& rows) override {
        return caught(path, false, [&]() -> Result<std::int64_t> {
            ColumnShape shape;
            std::string problem;
            std::int64_t count = 0;
            FETTLE_TRY(rows([&](const Json& row) { return shape.add(row, {}, ++count, problem); }));
            if (!problem.empty()) {
                return makeError(ErrorCode::InvalidInput, problem, "Export as JSON lines, or make the rows alike.");
            }
            const std::shared_ptr<arrow::DataType> type = shape.type();
            if (type->id() != arrow::Type::STRUCT) {
                return makeError(ErrorCode::InvalidInput, "there is no column to write");
            }
            const std::string part = path + ".part";
            auto written = writePart(part, arrow::schema(type->fields()), rows);
            if (!written) {
                (void)std::remove(part.c_str());
                return written.error();
            }
            if (std::rename(part.c_str(), path.c_str()) != 0) {
                Error error = errnoError(errno, "writing", path);
                (void)std::remove(part.c_str());
                return error;
            }
            return written;
        });
    }

private:
    static Result<std::unique_ptr<parquet::arrow::FileReader>> open(const std::string& path) {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); // for errors that name permission and absence
        if (file < 0) {
            return errnoError(errno, "reading", path);
        }
        ::close(file);
        auto input = arrow::io::ReadableFile::Open(path);
        FETTLE_ARROW(input.status(), path, true);
        parquet::ReaderProperties properties = parquet::default_reader_properties();
        properties.enable_buffered_stream(); // pages instead of whole column chunks
        parquet::arrow::FileReaderBuilder builder;
        FETTLE_ARROW(builder.Open(*input, properties), path, true);
        parquet::ArrowReaderProperties arrowProperties(false);
        arrowProperties.set_batch_size(kBatchRows);
        arrowProperties.set_pre_buffer(false);
        builder.properties(arrowProperties);
        std::unique_ptr<parquet::arrow::FileReader> reader;
        FETTLE_ARROW(builder.Build(&reader), path, true);
        return reader;
    }

    static ParquetRow rowOf(const arrow::RecordBatch& batch, std::int64_t index, std::int64_t number) {
        ParquetRow out;
        out.number = number;
        out.row = Json::object();
        ValueFault fault;
        for (int column = 0; column < batch.num_columns(); ++column) {
            const std::string& name = batch.schema()->field(column)->name();
            Json value = valueOf(*batch.column(column), index, name, out.bytes, fault);
            if (fault.any()) {
                out.faultColumn = fault.path;
                out.faultReason = fault.reason;
                break;
            }
            if (!value.is_null()) {
                out.bytes += name.size() + 4;
                out.row[name] = std::move(value);
            }
        }
        return out;
    }

    static Result<std::int64_t> writePart(const std::string& part, const std::shared_ptr<arrow::Schema>& schema,
                                          const JsonRowSource& rows) {
        auto output = arrow::io::FileOutputStream::Open(part);
        FETTLE_ARROW(output.status(), part, false);
        const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
        // The Arrow schema is kept in the file, so that readers find the same types again.
        const auto arrowProperties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
        auto writer = parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), *output, properties,
                                                       arrowProperties);
        FETTLE_ARROW(writer.status(), part, false);
        std::unique_ptr<arrow::RecordBatchBuilder> builder;
        auto made = arrow::RecordBatchBuilder::Make(schema, arrow::default_memory_pool());
        FETTLE_ARROW(made.status(), part, false);
        builder = std::move(*made);
        std::int64_t count = 0;
        std::int64_t waiting = 0;
        Result<void> fault;
        static const Json nothing;
        const auto flush = [&]() -> Result<void> {
            auto batch = builder->Flush();
            FETTLE_ARROW(batch.status(), part, false);
            const auto table = arrow::Table::FromRecordBatches(schema, {*batch});
            FETTLE_ARROW(table.status(), part, false);
            FETTLE_ARROW((*writer)->WriteTable(**table, kGroupRows), part, false);
            waiting = 0;
            return {};
        };
        const auto put = [&](const Json& row) -> Result<void> {
            for (int column = 0; column < schema->num_fields(); ++column) {
                const auto found = row.find(schema->field(column)->name());
                FETTLE_TRY(ColumnShape::append(*builder->GetField(column), found == row.end() ? nothing : *found));
            }
            ++count;
            return ++waiting == kGroupRows ? flush() : Result<void>();
        };
        FETTLE_TRY(rows([&](const Json& row) {
            fault = put(row);
            return fault.ok();
        }));
        FETTLE_TRY(std::move(fault));
        if (waiting > 0) {
            FETTLE_TRY(flush());
        }
        FETTLE_ARROW((*writer)->Close(), part, false);
        FETTLE_ARROW((*output)->Close(), part, false);
        const int file = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0 || ::fsync(file) != 0) {
            Error error = errnoError(errno, "writing", part);
            if (file >= 0) {
                ::close(file);
            }
            return error;
        }
        ::close(file);
        return count;
    }
};

} // namespace
} // namespace fettle::data

extern "C" __attribute__((visibility("default"))) fettle::data::Parquet*
fettleParquetCreate(std::uint32_t interfaceNumber) {
    if (interfaceNumber != fettle::data::kParquetInterface) {
        return nullptr;
    }
    static fettle::data::ParquetFiles files;
    return &files;
}
