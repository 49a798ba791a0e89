// Opens the Parquet module once.
#include "data/parquet_door.h"

#include "base/mutex.h"
#include "base/shared_module.h"

namespace fettle::data {
namespace {

constexpr SharedModule kModule{"libfettle_parquet.so",
                               "FETTLE_PARQUET_MODULE",
                               "fettleParquetCreate",
                               "the reader of Parquet files",
                               "Run packaging/setup.sh, which fetches it, and build again; or save the table as JSON "
                               "lines or CSV.",
                               ErrorCode::Unsupported};

struct Door {
    Mutex mutex;
    Parquet* parquet FETTLE_GUARDED_BY(mutex) = nullptr;
};

Door& door() {
    static Door instance;
    return instance;
}

} // namespace

Result<Parquet*> openParquet() {
    Door& state = door();
    const MutexLock lock(state.mutex);
    if (state.parquet == nullptr) {
        FETTLE_TRY_VALUE(void* const symbol, openSharedModule(kModule));
        state.parquet = reinterpret_cast<FettleParquetCreate>(symbol)(kParquetInterface);
        if (state.parquet == nullptr) {
            return makeError(ErrorCode::Unsupported, "the reader of Parquet files belongs to another version of Fettle",
                             "Build program and module together.");
        }
    }
    return state.parquet;
}

} // namespace fettle::data
