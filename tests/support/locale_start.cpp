// Linked into every test: where FETTLE_TEST_LOCALE names a locale, it is set before main() as QApplication does, and it
// must really be there: a test that asks for commas and gets points would prove nothing.
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct LocaleStart {
    LocaleStart() {
        const char* wanted = std::getenv("FETTLE_TEST_LOCALE"); // NOLINT(concurrency-mt-unsafe): before any thread
        if (wanted == nullptr || *wanted == '\0') {
            return;
        }
        const char* set = std::setlocale(LC_ALL, wanted); // NOLINT(concurrency-mt-unsafe): before any thread
        const std::lconv* form = std::localeconv();       // NOLINT(concurrency-mt-unsafe): before any thread
        if (set == nullptr || std::strcmp(form->decimal_point, ",") != 0) {
            std::fprintf(stderr, "the locale %s is not there or writes no decimal comma\n", wanted);
            std::_Exit(1);
        }
    }
};

const LocaleStart localeStart;

} // namespace
