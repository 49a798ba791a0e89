// The border between torch, which throws, and the rest of the program, which does not: runs a function and turns
// whatever comes out of it into a Result.
#pragma once

#include "base/result.h"

#include <exception>
#include <utility>

namespace fettle::engine {

/// The Error of an exception: OutOfMemory, DeviceLost or Internal, with torch's backtrace in `detail` only.
[[nodiscard]] Error errorOf(const std::exception_ptr& exception);

/// Calls `function`, which returns a Result. Grad mode is the caller's business (see DecoderModel). Thread: any.
template <class Function>
auto guarded(Function&& function) -> decltype(function()) {
    try {
        return std::forward<Function>(function)();
    } catch (...) {
        return errorOf(std::current_exception());
    }
}

} // namespace fettle::engine
