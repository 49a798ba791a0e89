// The thin layer over sqlite3.
#include "project/database.h"

#include "base/files.h"

#include <sqlite3.h>
#include <sys/resource.h>

#include <optional>
#include <utility>

namespace fettle::project {
namespace {

constexpr int kPatienceMs = 5000;

ErrorCode codeOf(int status) {
    switch (status & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorCode::Busy;
    case SQLITE_FULL:
        return ErrorCode::DiskFull;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return ErrorCode::Permission;
    case SQLITE_CORRUPT:
        return ErrorCode::Corrupt;
    case SQLITE_NOTADB:
        return ErrorCode::InvalidInput;
    case SQLITE_NOMEM:
        return ErrorCode::OutOfMemory;
    case SQLITE_CANTOPEN:
        return ErrorCode::NotFound;
    case SQLITE_INTERRUPT:
        return ErrorCode::Cancelled;
    default:
        return ErrorCode::Io;
    }
}

const char* hintOf(ErrorCode code) {
    switch (code) {
    case ErrorCode::Busy:
        return "Another program holds the project: close it there and try again.";
    case ErrorCode::DiskFull:
        return "Free some space on this disk and try again.";
    case ErrorCode::Permission:
        return "Check who may write there.";
    case ErrorCode::Corrupt:
        return "Move project.db away: runs and data lie beside it and are found again.";
    default:
        return "";
    }
}

// SQLite knows one way to be out of room; a file that may not grow, or a quota, it calls a failed write.
bool noRoomFor(const std::string& path) {
    struct rlimit limit {};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        return true;
    }
    constexpr std::uint64_t kLittle = std::uint64_t{1} << 20;
    const auto free = freeDiskBytes(path);
    return free && *free < kLittle;
}

} // namespace

Statement::~Statement() {
    sqlite3_finalize(m_handle);
}

Statement::Statement(Statement&& other) noexcept
    : m_database(other.m_database)
    , m_handle(std::exchange(other.m_handle, nullptr)) {}

Statement& Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(m_handle, index, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8); // NOLINT: sqlite's own cast
    return *this;
}

Statement& Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(m_handle, index, value);
    return *this;
}

Statement& Statement::bind(int index, double value) {
    sqlite3_bind_double(m_handle, index, value);
    return *this;
}

Statement& Statement::bindBytes(int index, std::string_view bytes) {
    sqlite3_bind_blob64(m_handle, index, bytes.data(), bytes.size(), SQLITE_TRANSIENT); // NOLINT: sqlite's own cast
    return *this;
}

Statement& Statement::bindNull(int index) {
    sqlite3_bind_null(m_handle, index);
    return *this;
}

Statement& Statement::bindView(int index, std::string_view text) {
    sqlite3_bind_text64(m_handle, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Result<bool> Statement::step() {
    const int status = sqlite3_step(m_handle);
    if (status == SQLITE_ROW) {
        return true;
    }
    if (status == SQLITE_DONE) {
        return false;
    }
    Error error = m_database->lastError("reading or writing");
    sqlite3_reset(m_handle);
    return error;
}

Result<void> Statement::run() {
    FETTLE_TRY(step());
    sqlite3_reset(m_handle);
    return {};
}

void Statement::reset() {
    sqlite3_reset(m_handle);
}

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_handle, column));
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column)));
}

std::string_view Statement::view(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_handle, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column)));
}

double Statement::number(int column) const {
    return sqlite3_column_double(m_handle, column);
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_handle, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_handle, column);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode) {
    if (mode == Mode::ReadOnly) {
        return openReadOnly(path);
    }
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == Mode::Create ? SQLITE_OPEN_CREATE : 0);
    const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Database> database(new Database(path, handle));
    if (status != SQLITE_OK) {
        return database->lastError("opening");
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kPatienceMs);
    FETTLE_TRY(database->execute("PRAGMA foreign_keys=ON"));
    return database;
}

// Where nothing can be written the files that readers share cannot be made: then the file is read as it lies there.
Result<std::unique_ptr<Database>> Database::openReadOnly(const std::string& path) {
    std::string encoded;
    for (const char c : path) {
        if (c == '?' || c == '#' || c == '%') {
            static const char* digits = "0123456789ABCDEF";
            encoded += '%';
            encoded += digits[static_cast<unsigned char>(c) >> 4U];
            encoded += digits[static_cast<unsigned char>(c) & 0xFU];
        } else {
            encoded += c;
        }
    }
    std::optional<Error> fault;
    for (const std::string& name : {path, "file:" + encoded + "?immutable=1"}) {
        sqlite3* handle = nullptr;
        const int status = sqlite3_open_v2(name.c_str(), &handle,
                                           SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
        std::unique_ptr<Database> database(new Database(path, handle));
        if (status == SQLITE_OK) {
            sqlite3_extended_result_codes(handle, 1);
            sqlite3_busy_timeout(handle, kPatienceMs);
            auto tables = database->integer("SELECT count(*) FROM sqlite_master");
            if (tables) {
                return database;
            }
            fault = std::move(tables).error();
        } else {
            fault = database->lastError("opening");
        }
    }
    return *fault;
}

Database::~Database() {
    sqlite3_close(m_handle);
}

Result<void> Database::execute(const char* sql) {
    if (sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return lastError("writing");
    }
    return {};
}

Result<Statement> Database::prepare(const char* sql) {
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql, -1, &handle, nullptr) != SQLITE_OK) {
        return lastError("reading");
    }
    return Statement(*this, handle);
}

Result<std::int64_t> Database::integer(const char* sql) {
    FETTLE_TRY_VALUE(Statement statement, prepare(sql));
    FETTLE_TRY_VALUE(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

void Database::interrupt() {
    sqlite3_interrupt(m_handle);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(m_handle);
}

bool Database::inTransaction() const {
    return sqlite3_get_autocommit(m_handle) == 0;
}

void Database::setPatience(int milliseconds) {
    sqlite3_busy_timeout(m_handle, milliseconds);
}

Error Database::lastError(const std::string& action) const {
    const int status = m_handle == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(m_handle);
    ErrorCode code = codeOf(status);
    if (code == ErrorCode::Io && noRoomFor(m_path)) {
        code = ErrorCode::DiskFull;
    }
    const char* text = m_handle == nullptr ? "not enough memory" : sqlite3_errmsg(m_handle);
    return makeError(code, action + " failed: " + text, hintOf(code)).at(m_path);
}

Result<Snapshot> Snapshot::begin(Database& database) {
    if (database.inTransaction()) {
        return Snapshot(nullptr); // inside another one: the same state
    }
    FETTLE_TRY(database.execute("BEGIN"));
    return Snapshot(&database);
}

Snapshot::~Snapshot() {
    if (m_database != nullptr) {
        (void)m_database->execute("ROLLBACK");
    }
}

Result<Transaction> Transaction::begin(Database& database) {
    FETTLE_TRY(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::~Transaction() {
    if (m_database != nullptr) {
        (void)m_database->execute("ROLLBACK");
    }
}

Result<void> Transaction::commit() {
    FETTLE_TRY(m_database->execute("COMMIT"));
    m_database = nullptr;
    return {};
}

} // namespace fettle::project
