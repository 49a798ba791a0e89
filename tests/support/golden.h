// Where tests find expected results of the reference packages: the folder named by FETTLE_CONFORMANCE, else
// tests/golden.
#pragma once

#include <cstdlib>
#include <string>

inline std::string goldenRoot() {
    const char* other = std::getenv("FETTLE_CONFORMANCE"); // NOLINT(concurrency-mt-unsafe): tests do not change it
    return other != nullptr && *other != '\0' ? std::string(other) : std::string(FETTLE_GOLDEN_DIR);
}
