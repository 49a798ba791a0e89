// Pieces of a file, read by workers in any order, merged in the order of the file.
#include "data/parallel_import.h"

#include "base/files.h"
#include "base/mutex.h"
#include "data/row_importer.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <thread>

namespace fettle::data {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kPieceRows = 1000;        // of files that one thread reads
constexpr std::uint64_t kDropBytes = 64U << 20; // pages of the file are given back that often

Error failure(const std::string& path, const char* what) {
    return makeError(ErrorCode::Internal, std::string("reading failed: ") + what).at(path);
}

// A walker sees one piece; its lines count from the piece's first.
class ShiftedLines final : public RowVisitor {
public:
    ShiftedLines(RowImporter& importer, std::int64_t before)
        : m_importer(importer)
        , m_before(before) {}
    bool jsonRow(std::int64_t line, std::int64_t index, std::string_view text) override {
        return m_importer.jsonRow(line + m_before, index, text);
    }
    bool tableRow(std::int64_t, std::vector<std::string>&, std::string_view) override { return false; }
    bool badRow(std::int64_t, std::string, const char*, std::string, std::string_view) override { return false; }
    bool badPlace(std::int64_t, const char*, std::string) override { return false; }
    void progress(std::size_t) override {}

private:
    RowImporter& m_importer;
    std::int64_t m_before;
};

struct Piece {
    std::unique_ptr<RowBatch> batch;
    ImportReport report;
    bool cancelled = false;
    std::optional<Error> error;
};

void mergeReport(ImportReport& into, ImportReport&& piece, std::size_t maxFaults) {
    into.rows += piece.rows;
    into.goodRows += piece.goodRows;
    into.faultsNotKept += piece.faultsNotKept;
    for (const auto& [code, count] : piece.errors) {
        into.errors[code] += count;
    }
    for (const auto& [code, count] : piece.warnings) {
        into.warnings[code] += count;
    }
    for (RowFault& fault : piece.faults) {
        if (into.faults.size() < maxFaults) {
            into.faults.push_back(std::move(fault));
        } else {
            ++into.faultsNotKept;
        }
    }
}

FaultSink rejectedInto(RowBatch& batch) {
    return [&batch](RowFault&& fault, Audience audience, std::string_view text) {
        if (fault.severity == Severity::Error && audience != Audience::Count) {
            batch.rejected(fault, text);
        }
    };
}

// JSON lines in pieces.
class LinesReader {
public:
    LinesReader(const std::string& path, const MappedFile& file, std::string_view text, const ImportOptions& options,
                const RowFormat* format, const std::function<std::unique_ptr<RowBatch>()>& make)
        : m_path(path)
        , m_file(file)
        , m_text(text)
        , m_options(options)
        , m_format(format)
        , m_make(make) {}

    /// Hands pieces over until the end, a stop, or an error.
    Result<void> run(int threads, ImportReport& report, const std::function<bool(std::unique_ptr<RowBatch>)>& take) {
        m_window = static_cast<std::int64_t>(threads) * 2 + 2;
        std::vector<std::jthread> workers;
        for (int i = 0; i < threads; ++i) {
            workers.emplace_back([this] { work(); });
        }
        Result<void> done = merge(report, take);
        {
            const MutexLock lock(m_mutex);
            m_stop = true;
            m_changed.notifyAll();
        }
        return done;
    }

private:
    Result<void> merge(ImportReport& report, const std::function<bool(std::unique_ptr<RowBatch>)>& take) {
        std::uint64_t dropped = 0;
        for (std::int64_t next = 0;; ++next) {
            Piece piece;
            {
                MutexLock lock(m_mutex);
                m_handedOver = next;
                m_changed.notifyAll();
                while (m_done.count(next) == 0 && !(m_at >= m_text.size() && next >= m_begun)) {
                    m_changed.wait(m_mutex);
                }
                const auto found = m_done.find(next);
                if (found == m_done.end()) {
                    return {};
                }
                piece = std::move(found->second);
                m_done.erase(found);
            }
            if (piece.error) {
                return *piece.error;
            }
            if (piece.cancelled) {
                return makeError(ErrorCode::Cancelled, "stopped while reading").at(m_path);
            }
            mergeReport(report, std::move(piece.report), m_options.maxFaults);
            if (piece.batch->bytesDone - dropped >= kDropBytes) {
                dropped = piece.batch->bytesDone;
                m_file.dropPages();
            }
            if (!take(std::move(piece.batch))) {
                return {};
            }
        }
    }

    void work() {
        for (;;) {
            std::string_view text;
            std::int64_t index = 0;
            std::int64_t linesBefore = 0;
            std::uint64_t end = 0;
            {
                MutexLock lock(m_mutex);
                while (!m_stop && m_at < m_text.size() && m_begun >= m_handedOver + m_window) {
                    m_changed.wait(m_mutex);
                }
                if (m_stop || m_at >= m_text.size()) {
                    return;
                }
                text = m_text.substr(m_at, pieceEnd() - m_at);
                index = m_begun++;
                linesBefore = m_lines;
                m_lines += std::count(text.begin(), text.end(), '\n');
                m_at += text.size();
                end = m_at + static_cast<std::uint64_t>(m_text.data() - m_file.text().data());
            }
            Piece piece = read(text, linesBefore);
            if (piece.batch != nullptr) {
                piece.batch->bytesDone = end;
                piece.batch->bytesTotal = m_file.text().size();
            }
            MutexLock lock(m_mutex);
            m_done.emplace(index, std::move(piece));
            m_changed.notifyAll();
        }
    }

    [[nodiscard]] std::size_t pieceEnd() const FETTLE_REQUIRES(m_mutex) {
        const std::size_t wanted = m_at + kPieceBytes;
        if (wanted >= m_text.size()) {
            return m_text.size();
        }
        const std::size_t newline = m_text.find('\n', wanted - 1);
        return newline == std::string_view::npos ? m_text.size() : newline + 1;
    }

    Piece read(std::string_view text, std::int64_t linesBefore) {
        Piece piece;
        try {
            piece.batch = m_make();
            RowBatch& batch = *piece.batch;
            const FaultSink sink = rejectedInto(batch);
            const std::function<bool(Sample &&)> keep = [&batch](Sample&& sample) {
                batch.row(std::move(sample));
                return true;
            };
            RowImporter importer(m_path, m_options, keep, sink);
            importer.setFormat(m_format);
            ShiftedLines lines(importer, linesBefore);
            walkJsonLines(text, lines);
            piece.cancelled = importer.cancelled();
            piece.report = std::move(importer.report());
        } catch (const std::bad_alloc&) {
            piece.error = makeError(ErrorCode::OutOfMemory, "not enough memory for the rows of this file").at(m_path);
        } catch (const std::exception& error) {
            piece.error = failure(m_path, error.what());
        }
        return piece;
    }

    const std::string& m_path;
    const MappedFile& m_file;
    const std::string_view m_text;
    const ImportOptions& m_options;
    const RowFormat* m_format;
    const std::function<std::unique_ptr<RowBatch>()>& m_make;
    std::int64_t m_window = 4;

    Mutex m_mutex;
    Condition m_changed;
    std::size_t m_at FETTLE_GUARDED_BY(m_mutex) = 0;
    std::int64_t m_lines FETTLE_GUARDED_BY(m_mutex) = 0;
    std::int64_t m_begun FETTLE_GUARDED_BY(m_mutex) = 0;      // pieces
    std::int64_t m_handedOver FETTLE_GUARDED_BY(m_mutex) = 0; // pieces
    std::map<std::int64_t, Piece> m_done FETTLE_GUARDED_BY(m_mutex);
    bool m_stop FETTLE_GUARDED_BY(m_mutex) = false;
};

// Any other file: one thread reads it with the plain importer, the caller takes what it gathers.
class SerialReader {
public:
    SerialReader(const std::string& path, const ImportOptions& options,
                 const std::function<std::unique_ptr<RowBatch>()>& make)
        : m_path(path)
        , m_options(options)
        , m_make(make) {}

    Result<ImportReport> run(const std::function<bool(std::unique_ptr<RowBatch>)>& take) {
        std::optional<Result<ImportReport>> report;
        std::jthread reader([&] {
            auto read = readAll();
            const MutexLock lock(m_mutex);
            report.emplace(std::move(read));
            m_changed.notifyAll();
        });
        for (;;) {
            std::unique_ptr<RowBatch> batch;
            {
                MutexLock lock(m_mutex);
                while (m_ready.empty() && !report) {
                    m_changed.wait(m_mutex);
                }
                if (m_ready.empty()) {
                    return std::move(*report);
                }
                batch = std::move(m_ready.front());
                m_ready.erase(m_ready.begin());
                m_changed.notifyAll();
            }
            if (!take(std::move(batch))) {
                MutexLock lock(m_mutex);
                m_stop = true;
                m_ready.clear();
                m_changed.notifyAll();
                while (!report) {
                    m_changed.wait(m_mutex);
                }
                return std::move(*report);
            }
        }
    }

private:
    Result<ImportReport> readAll() {
        try {
            const auto size = folderExists(m_path) ? Result<std::uint64_t>(std::uint64_t{0}) : fileSize(m_path);
            const std::uint64_t total = size.valueOr(0);
            m_batch = m_make();
            std::size_t rows = 0;
            const FaultSink sink = [&](RowFault&& fault, Audience audience, std::string_view text) {
                rejectedInto (*m_batch)(std::move(fault), audience, text);
            };
            auto report = runImport(
                m_path, m_options,
                [&](Sample&& sample) {
                    m_batch->row(std::move(sample));
                    if (++rows % kPieceRows != 0) {
                        return true;
                    }
                    m_batch->bytesTotal = total;
                    auto full = std::exchange(m_batch, m_make());
                    return handOver(std::move(full));
                },
                sink);
            if (report) {
                m_batch->bytesDone = m_batch->bytesTotal = total;
                handOver(std::move(m_batch));
            }
            return report;
        } catch (const std::bad_alloc&) {
            return makeError(ErrorCode::OutOfMemory, "not enough memory for the rows of this file").at(m_path);
        } catch (const std::exception& error) {
            return failure(m_path, error.what());
        }
    }

    bool handOver(std::unique_ptr<RowBatch> batch) {
        MutexLock lock(m_mutex);
        while (!m_stop && m_ready.size() >= 4) {
            m_changed.wait(m_mutex);
        }
        if (m_stop) {
            return false;
        }
        m_ready.push_back(std::move(batch));
        m_changed.notifyAll();
        return true;
    }

    const std::string& m_path;
    const ImportOptions& m_options;
    const std::function<std::unique_ptr<RowBatch>()>& m_make;
    std::unique_ptr<RowBatch> m_batch; // the reader's own
    Mutex m_mutex;
    Condition m_changed;
    std::vector<std::unique_ptr<RowBatch>> m_ready FETTLE_GUARDED_BY(m_mutex);
    bool m_stop FETTLE_GUARDED_BY(m_mutex) = false;
};

} // namespace

Result<ImportReport> importInBatches(const std::string& path, const ImportOptions& options, int threads,
                                     const std::function<std::unique_ptr<RowBatch>()>& make,
                                     const std::function<bool(std::unique_ptr<RowBatch>)>& take) {
    if (!folderExists(path) && !formatsNamed(options.format).empty()) {
        FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
        const FileKindFound found = fileKindOf(file.text(), path, options.format);
        if (found.kind == FileKind::JsonLines) {
            const std::string_view text = file.text().substr(found.start);
            const std::function<bool(Sample &&)> none = [](Sample&&) { return true; };
            const FaultSink noSink;
            RowImporter whole(path, options, none, noSink);
            const RowFormat* format = chooseJsonFormat(text, found.kind, options, whole);
            if (format != nullptr) {
                LinesReader reader(path, file, text, options, format, make);
                FETTLE_TRY(reader.run(std::max(threads, 1), whole.report(), take));
            }
            return std::move(whole.report());
        }
    }
    return SerialReader(path, options, make).run(take);
}

Result<Sample> sampleFromJson(std::string_view text) {
    std::optional<Sample> found;
    const ImportOptions options;
    const std::function<bool(Sample &&)> keep = [&found](Sample&& sample) {
        found = std::move(sample);
        return true;
    };
    const FaultSink none;
    RowImporter importer({}, options, keep, none);
    const auto error = [](std::string key, const std::string& reason) {
        Error out = makeError(ErrorCode::InvalidInput, reason, "Correct the row; nothing was changed.");
        out.key = std::move(key);
        return out;
    };
    JsonParseError fault;
    const auto row = parseJsonDetailed(text, fault);
    if (!row) {
        Error out = error(fault.key, fault.reason);
        out.line = fault.line;
        out.column = fault.column;
        return out;
    }
    const RowFormat* format = nullptr;
    for (const RowFormat& candidate : rowFormats()) {
        if (row->is_object() && candidate.matches(*row)) {
            format = &candidate;
            break;
        }
    }
    if (format == nullptr) {
        return error({}, "the keys are those of no known format");
    }
    importer.setFormat(format);
    importer.jsonRow(1, -1, text);
    if (!found) {
        for (const RowFault& one : importer.report().faults) {
            if (one.severity == Severity::Error) {
                return error(one.key, one.reason);
            }
        }
        return error({}, "the row cannot be read");
    }
    return std::move(*found);
}

} // namespace fettle::data
