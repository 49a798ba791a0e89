// Importing on several threads: the same rows, faults and report as importRows, for files of a million rows. JSON lines
// are cut into pieces that are read at the same time; other kinds of file are read by one thread beside the caller.
#pragma once

#include "data/importer.h"

#include <memory>

namespace fettle::data {

/// What becomes of one piece of a file. Made and filled on a worker thread, handed over in the order of the file.
class RowBatch {
public:
    virtual ~RowBatch() = default;
    /// A good row. Sample::id counts inside the piece only.
    virtual void row(Sample&& sample) = 0;
    /// An error that cost a row (several may fall on one); `text`: the row as it stands in the file, during the call.
    virtual void rejected(const RowFault& fault, std::string_view text) = 0;

    std::uint64_t bytesDone = 0; // of the file, up to the end of this piece
    std::uint64_t bytesTotal = 0;
};

/// As importRows, but hands batches to `take` on the calling thread (return false to stop early). `make` is called on
/// worker threads. Memory: a few pieces of 1 MiB a thread. The report equals that of importRows.
[[nodiscard]] Result<ImportReport> importInBatches(const std::string& path, const ImportOptions& options, int threads,
                                                   const std::function<std::unique_ptr<RowBatch>()>& make,
                                                   const std::function<bool(std::unique_ptr<RowBatch>)>& take);

/// One row from memory (an edited one): JSON text of an object in any known format, or as toJsonLine writes it. Errors:
/// InvalidInput with the key and reason of the first fault.
[[nodiscard]] Result<Sample> sampleFromJson(std::string_view text);

} // namespace fettle::data
