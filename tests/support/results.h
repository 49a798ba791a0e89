// Values out of Results in tests: a failure throws with the error's text, which Qt Test reports.
#pragma once

#include "base/result.h"

#include <stdexcept>

namespace fettle::test {

template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        throw std::runtime_error(result.error().text());
    }
    return std::move(result).value();
}

inline void must(const Result<void>& result) {
    if (!result.ok()) {
        throw std::runtime_error(result.error().text());
    }
}

template <class T>
Error errorOf(const Result<T>& result) {
    if (result.ok()) {
        throw std::runtime_error("an error was expected");
    }
    return result.error();
}

} // namespace fettle::test
