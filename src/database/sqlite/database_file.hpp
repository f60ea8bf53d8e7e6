// SPDX-License-Identifier: Apache-2.0
// The file behind a SQLite URL: which one it is, whether it can be reached at all, and opening it the way headgate
// needs it. A file that is not there is an empty database; only a step makes it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <SQLiteCpp/Database.h>

#include "database/driver.hpp"
#include "url/database_url.hpp"

namespace headgate::database::sqlite {

struct DatabaseFile {
    std::filesystem::path path;
    std::string uri;  // the path and what the URL asks of SQLite itself, in SQLite's own URI form
    bool is_read_only = false;
    bool must_exist = false;  // mode=rw: SQLite's word for "never make it"
};

// Throws Error(bad_configuration) for a database in memory and for parameters that headgate cannot honour.
DatabaseFile locate(const url::DatabaseUrl& url, Access access);

// Throws what can be said for good before SQLite is asked: no such folder, a folder in its place, no permission.
void check_access(const DatabaseFile& file);

enum class IfMissing { create, fail };
// Foreign keys off and seen to be off, no extensions, no waiting for locks. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open(const DatabaseFile& file, IfMissing if_missing);

}  // namespace headgate::database::sqlite
