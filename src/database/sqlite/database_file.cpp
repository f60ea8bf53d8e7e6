// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/database_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <format>
#include <string_view>
#include <system_error>

#include <sqlite3.h>
#include <unistd.h>

#include "base/error.hpp"
#include "database/sqlite/temporary_files.hpp"

namespace headgate::database::sqlite {

namespace {

using base::Error;
using base::ErrorKind;

// https://www.sqlite.org/uri.html. "mode" is honoured here, "cache" has no meaning for one connection.
constexpr std::array<std::string_view, 3> passed_to_sqlite{"vfs", "immutable", "psow"};
constexpr std::array<std::string_view, 2> understood{"mode", "cache"};

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        if (std::isalnum(value) != 0 || std::string_view("-._~/").contains(byte))
            encoded += byte;
        else
            encoded += std::format("%{:02X}", value);
    }
    return encoded;
}

void refuse_parameter(const std::string& name, const std::string& value) {
    if (name == "nolock" && value == "0") return;
    auto error = Error(ErrorKind::bad_configuration, std::format("the SQLite URL has the parameter \"{}\"", name));
    if (name == "nolock") throw std::move(error).with_hint("without SQLite's lock two gates would migrate at once");
    throw std::move(error).with_hint("headgate knows mode, cache, vfs, immutable and psow");
}

std::string uri_of(const url::DatabaseUrl& url) {
    // An absolute path gets an empty authority, or one that starts with two slashes would be read as a host.
    std::string uri = url.path.is_absolute() ? "file://" : "file:";
    uri += percent_encode(url.path.string());
    char separator = '?';
    for (const auto& [name, value] : url.parameters) {
        if (std::ranges::contains(understood, name)) continue;
        if (!std::ranges::contains(passed_to_sqlite, name)) {
            refuse_parameter(name, value);
            continue;
        }
        uri += std::format("{}{}={}", separator, name, percent_encode(value));
        separator = '&';
    }
    return uri;
}

std::string parameter(const url::DatabaseUrl& url, const std::string& name) {
    const auto found = url.parameters.find(name);
    return found == url.parameters.end() ? std::string() : found->second;
}

void refuse_memory(const url::DatabaseUrl& url, std::string_view mode) {
    const auto path = url.path.string();
    if (!path.empty() && path != ":memory:" && mode != "memory" && !path.starts_with("file::memory:")) return;
    throw Error(ErrorKind::bad_configuration, "a SQLite database in memory cannot be migrated for a server")
        .with_hint("it would be gone when the server starts; name a file: sqlite:///./local.db");
}

void check_mode(std::string_view mode) {
    constexpr std::array<std::string_view, 4> modes{"", "ro", "rw", "rwc"};
    if (std::ranges::contains(modes, mode)) return;
    throw Error(ErrorKind::bad_configuration, std::format("the SQLite URL has mode={}", mode))
        .with_hint("SQLite's modes are ro, rw and rwc");
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

// As the process's effective user, which is who opens the file.
bool can(const std::filesystem::path& path, int what) {
    return eaccess(path.c_str(), what) == 0;
}

[[noreturn]] void refuse_access(const std::filesystem::path& path, std::string_view act) {
    throw Error(ErrorKind::access_refused, std::format("cannot {} {}: {}", act, path.string(), std::strerror(errno)))
        .with_hint(std::format("headgate runs as user {}, group {}", geteuid(), getegid()));
}

void check_missing(const DatabaseFile& file) {
    const auto folder = folder_of(file.path);
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
        throw Error(ErrorKind::database_refused,
                    std::format("the folder of the database {} is not there", file.path.string()))
            .with_hint("a missing file is made by the first step, a missing folder is not: is the volume mounted?");
    }
    if (file.must_exist) {
        throw Error(ErrorKind::database_refused, std::format("the database {} is not there", file.path.string()))
            .with_hint("mode=rw forbids to make it; leave it out, or write mode=rwc");
    }
    if (!file.is_read_only && !can(folder, W_OK | X_OK)) refuse_access(file.path, "make the database");
}

void set_up(SQLite::Database& database) {
    sqlite3_extended_result_codes(database.getHandle(), 1);
    database.check(sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr));
    // With foreign keys on, the usual rebuild of a table (new, copy, drop, rename) would delete its children's rows.
    int foreign_keys = 1;
    database.check(sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_ENABLE_FKEY, 0, &foreign_keys));
    if (foreign_keys != 0) throw Error(ErrorKind::internal, "SQLite would not turn its foreign keys off");
}

}  // namespace

DatabaseFile locate(const url::DatabaseUrl& url, Access access) {
    const auto mode = parameter(url, "mode");
    refuse_memory(url, mode);
    check_mode(mode);
    const bool is_read_only = access == Access::read_only || mode == "ro" || parameter(url, "immutable") == "1";
    return {url.path, uri_of(url), is_read_only, mode == "rw"};
}

void check_access(const DatabaseFile& file) {
    std::error_code failed;
    const auto status = std::filesystem::status(file.path, failed);
    if (status.type() == std::filesystem::file_type::not_found) return check_missing(file);
    if (std::filesystem::is_directory(status)) {
        throw Error(ErrorKind::database_refused, std::format("{} is a folder, not a database", file.path.string()));
    }
    // A file that cannot be written may still be at head, so only reading is asked for here.
    if (!can(file.path, R_OK)) refuse_access(file.path, "read the database");
}

std::unique_ptr<SQLite::Database> open(const DatabaseFile& file, IfMissing if_missing) {
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    flags |= file.is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (if_missing == IfMissing::create && !file.is_read_only && !file.must_exist) flags |= SQLITE_OPEN_CREATE;
    provide_temporary_folder(folder_of(file.path));
    constexpr int never_wait = 0;
    auto database = std::make_unique<SQLite::Database>(file.uri, flags, never_wait);
    set_up(*database);
    return database;
}

}  // namespace headgate::database::sqlite
