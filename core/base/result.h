// Result<T>: a value or an Error. Everything the world can cause comes back this way; asserts are for our own mistakes
// only.
#pragma once

#include "base/error.h"

#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace fettle {

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value)) {} // NOLINT: implicit on purpose
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error)) {} // NOLINT: implicit on purpose

    /// A Result<unique_ptr<Base>> may be made from a unique_ptr<Derived>, and the like.
    template <class U>
    requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, Result>)
        Result(U&& value)
        : m_state(std::in_place_index<0>, std::forward<U>(value)) // NOLINT: implicit on purpose
    {}

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] T& value() & {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] const T& value() const& {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] T value() && {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    } // by value: no view into a temporary
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] Error& error() & {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }
    [[nodiscard]] const Error& error() const& {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }
    [[nodiscard]] Error error() && {
        assert(!ok());
        return std::move(*std::get_if<1>(&m_state));
    }

    [[nodiscard]] T valueOr(T fallback) const& { return ok() ? value() : std::move(fallback); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error)
        : m_error(std::move(error)) {} // NOLINT: implicit on purpose

    [[nodiscard]] bool ok() const { return !m_error.has_value(); }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] Error& error() & {
        assert(!ok());
        return *m_error;
    }
    [[nodiscard]] const Error& error() const& {
        assert(!ok());
        return *m_error;
    }
    [[nodiscard]] Error error() && {
        assert(!ok());
        return std::move(*m_error);
    }

private:
    std::optional<Error> m_error;
};

} // namespace fettle

#define FETTLE_CONCAT_IMPL(a, b) a##b
#define FETTLE_CONCAT(a, b) FETTLE_CONCAT_IMPL(a, b)

/// FETTLE_TRY(call()): returns the error from the enclosing function, if any.
#define FETTLE_TRY(expression)                                                                                         \
    do {                                                                                                               \
        auto fettleTried = (expression);                                                                               \
        if (!fettleTried) {                                                                                            \
            return std::move(fettleTried).error();                                                                     \
        }                                                                                                              \
    } while (false)

/// FETTLE_TRY_VALUE(auto x, call()): the value, or returns the error from the enclosing function.
#define FETTLE_TRY_VALUE(declaration, expression)                                                                      \
    auto FETTLE_CONCAT(fettleTried, __LINE__) = (expression);                                                          \
    if (!FETTLE_CONCAT(fettleTried, __LINE__)) {                                                                       \
        return std::move(FETTLE_CONCAT(fettleTried, __LINE__)).error();                                                \
    }                                                                                                                  \
    declaration = std::move(FETTLE_CONCAT(fettleTried, __LINE__)).value()
