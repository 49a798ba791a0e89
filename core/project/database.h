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
    Statement& bind(int index, double value);
    Statement& bindBytes(int index, std::string_view bytes); // as a BLOB
    Statement& bindNull(int index);
    /// Without a copy: `text` must live until the statement was run.
    Statement& bindView(int index, std::string_view text);
    /// True while there is a row.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] Result<void> run();
    /// Ready to be bound and stepped again; ends the reading of a SELECT.
    void reset();
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::string_view view(int column) const; // until the next step
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double number(int column) const;
    [[nodiscard]] bool isNull(int column) const;

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
    enum class Mode { Existing, Create, ReadOnly };
    /// WAL, foreign keys, five seconds of patience with other writers. Errors name the file.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<void> execute(const std::string& sql) { return execute(sql.c_str()); }
    [[nodiscard]] Result<Statement> prepare(const char* sql);
    [[nodiscard]] Result<Statement> prepare(const std::string& sql) { return prepare(sql.c_str()); }
    /// Ends what this connection is doing with Cancelled. Thread: any.
    void interrupt();
    [[nodiscard]] std::int64_t changes() const; // rows of the last statement
    [[nodiscard]] bool inTransaction() const;
    void setPatience(int milliseconds);
    [[nodiscard]] Result<std::int64_t> integer(const char* sql); // first column of the first row
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] Error lastError(const std::string& action) const;

private:
    static Result<std::unique_ptr<Database>> openReadOnly(const std::string& path);
    Database(std::string path, sqlite3* handle)
        : m_path(std::move(path))
        , m_handle(handle) {}
    std::string m_path;
    sqlite3* m_handle;
};

/// One state of the database for several reads: BEGIN now, ROLLBACK at the end. Inside a transaction or another
/// snapshot it is that one's state.
class Snapshot {
public:
    [[nodiscard]] static Result<Snapshot> begin(Database& database);
    ~Snapshot();
    Snapshot(Snapshot&& other) noexcept
        : m_database(other.m_database) {
        other.m_database = nullptr;
    }
    Snapshot& operator=(Snapshot&&) = delete;
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    explicit Snapshot(Database* database)
        : m_database(database) {}
    Database* m_database;
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
