// SQLite in RAII: a connection, a prepared statement, a transaction. Private to this folder; nothing of sqlite3.h
// shows.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace fettle::project {

class Database;

/// Bind from 1, step, read columns from 0. The database outlives it.
class Statement {
public:
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::int64_t value);
    /// True while there is a row.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Result<void> run();
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;

private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* handle)
        : m_database(&database)
        , m_handle(handle) {}
    Database* m_database;
    sqlite3_stmt* m_handle;
};

class Database {
public:
    enum class Mode { Existing, Create };
    /// WAL, foreign keys, five seconds of patience with other writers. Errors name the file.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<Statement> prepare(const char* sql);
    [[nodiscard]] Result<std::int64_t> integer(const char* sql); // first column of the first row
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] Error lastError(const std::string& action) const;

private:
    Database(std::string path, sqlite3* handle)
        : m_path(std::move(path))
        , m_handle(handle) {}
    std::string m_path;
    sqlite3* m_handle;
};

/// BEGIN IMMEDIATE now, ROLLBACK at the end unless commit() was called.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&& other) noexcept
        : m_database(other.m_database) {
        other.m_database = nullptr;
    }
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database& database)
        : m_database(&database) {}
    Database* m_database;
};

} // namespace fettle::project
