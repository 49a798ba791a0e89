// One function maps every exception of torch and the standard library to an Error.
#include "engine/guard.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>
#include <string_view>

namespace fettle::engine {
namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

constexpr const char* kMemoryHint =
    "Use smaller micro-batches (training.micro_tokens), recompute: full, a shorter context, or close other programs.";

Error fromText(const std::string& message, const std::string& detail) {
    const bool memory = contains(message, "can't allocate memory") || contains(message, "out of memory") ||
                        contains(message, "not enough memory");
    const bool device = !memory && (contains(message, "CUDA error") || contains(message, "cuBLAS error") ||
                                    contains(message, "CUBLAS_STATUS"));
    Error error = memory   ? makeError(ErrorCode::OutOfMemory, "not enough memory: " + message, kMemoryHint)
                  : device ? makeError(ErrorCode::DeviceLost, "the device failed: " + message,
                                       "Start the run again; it goes on from its last checkpoint.")
                           : makeError(ErrorCode::Internal, "the engine failed: " + message);
    error.detail = detail;
    return error;
}

} // namespace

Error errorOf(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const c10::OutOfMemoryError& e) {
        Error error = makeError(ErrorCode::OutOfMemory,
                                std::string("not enough device memory: ") + e.what_without_backtrace(), kMemoryHint);
        error.detail = e.what();
        return error;
    } catch (const c10::Error& e) {
        return fromText(e.what_without_backtrace(), e.what());
    } catch (const std::bad_alloc& e) {
        return makeError(ErrorCode::OutOfMemory, std::string("not enough memory: ") + e.what(), kMemoryHint);
    } catch (const std::exception& e) {
        return fromText(e.what(), e.what());
    } catch (...) {
        return makeError(ErrorCode::Internal, "the engine failed with an unknown exception");
    }
}

} // namespace fettle::engine
