// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <format>
#include <string>
#include <system_error>

#include <SQLiteCpp/Statement.h>

#include "database/sqlite/database_file.hpp"
#include "database/sqlite/errors.hpp"

namespace headgate::database::sqlite {

namespace {

// A rebuilt table has another text and the same columns, so its text does not count. Indexes that SQLite made for
// itself are told by their columns, because their names are numbered.
constexpr const char* catalog_query =
    "WITH mine AS (SELECT * FROM sqlite_schema WHERE lower(substr(tbl_name, 1, 9)) <> 'headgate_' "
    "AND lower(substr(tbl_name, 1, 7)) <> 'sqlite_'), "
    "tables AS (SELECT name FROM mine WHERE type = 'table'), "
    "indexes AS (SELECT t.name AS of, i.*, (SELECT group_concat(coalesce(x.name, '(expression)') || ' ' || x.coll || "
    "iif(x.\"desc\", ' DESC', ''), ', ') FROM pragma_index_xinfo(i.name) AS x WHERE x.key) AS columns "
    "FROM tables AS t, pragma_index_list(t.name) AS i) "
    "SELECT 'table ' || name, '' FROM tables UNION ALL "
    "SELECT 'column ' || t.name || '.' || c.name, lower(c.type) || iif(c.\"notnull\", ' NOT NULL', '') || "
    "coalesce(' DEFAULT ' || c.dflt_value, '') || iif(c.pk, ' PRIMARY KEY ' || c.pk, '') || "
    "iif(c.hidden, ' GENERATED', '') FROM tables AS t, pragma_table_xinfo(t.name) AS c UNION ALL "
    "SELECT 'foreign key ' || t.name || '.' || f.\"from\" || ' to ' || f.\"table\", coalesce(f.\"to\", '') || "
    "' ON UPDATE ' || f.on_update || ' ON DELETE ' || f.on_delete FROM tables AS t, pragma_foreign_key_list(t.name) "
    "AS f UNION ALL "
    "SELECT iif(i.origin = 'c', 'index ' || i.name, 'key ' || i.of || ' (' || i.columns || ')'), "
    "iif(i.\"unique\", 'UNIQUE ', '') || i.of || ' (' || i.columns || ')' || "
    "iif(i.partial, coalesce(' ' || m.sql, ''), '') FROM indexes AS i LEFT JOIN mine AS m ON m.name = i.name UNION ALL "
    "SELECT type || ' ' || name, sql FROM mine WHERE type IN ('view', 'trigger')";

Catalog read_catalog_of(const std::filesystem::path& path) {
    url::DatabaseUrl url;
    url.path = path;
    const auto file = locate(url, Access::read_only);
    Catalog catalog;
    if (!std::filesystem::exists(path)) return catalog;
    try {
        const auto database = open(file, IfMissing::fail);
        SQLite::Statement rows(*database, catalog_query);
        while (rows.executeStep()) catalog[rows.getColumn(0).getString()] = rows.getColumn(1).getString();
    } catch (const SQLite::Exception& failure) {
        throw translate(failure, path);
    }
    return catalog;
}

class GivenFile : public Scratch {
public:
    explicit GivenFile(std::filesystem::path path) : path_(std::move(path)) {}

    std::string name() const override { return path_.string(); }
    void redirect(url::DatabaseUrl& url) const override { url.path = path_; }
    Catalog read_catalog(base::Stop) override { return read_catalog_of(path_); }

private:
    std::filesystem::path path_;
};

// In a folder of its own, because SQLite puts further files beside it.
class TemporaryFile final : public GivenFile {
public:
    explicit TemporaryFile(std::filesystem::path folder)
        : GivenFile(folder / "scratch.db"), folder_(std::move(folder)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

private:
    std::filesystem::path folder_;
};

std::filesystem::path make_temporary_folder() {
    std::error_code ignored;
    auto folder = std::filesystem::temp_directory_path(ignored);
    auto name = (ignored ? std::filesystem::path("/tmp") : folder) / ("headgate-scratch-" + std::string(6, 'X'));
    auto text = name.string();
    if (::mkdtemp(text.data()) != nullptr) return text;
    throw base::Error(base::ErrorKind::cannot_create,
                      std::format("cannot make a folder {}: {}", name.string(), std::strerror(errno)))
        .with_hint("--scratch-url names a file to use");
}

}  // namespace

std::unique_ptr<Scratch> make_scratch(const AskUrl& ask_url, const ConnectOptions&, ScratchPlace place, base::EventLog&,
                                      base::Stop stop) {
    if (place == ScratchPlace::given)
        return std::make_unique<GivenFile>(locate(ask_url(stop), Access::read_write).path);
    return std::make_unique<TemporaryFile>(make_temporary_folder());
}

}  // namespace headgate::database::sqlite
