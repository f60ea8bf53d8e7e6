// SPDX-License-Identifier: Apache-2.0
// The demo's own history: up to head, down to base, up again, on both databases; and the schema is what plain psql and
// sqlite3 make of the same SQL.
#include <sstream>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::vector<std::string> dialect_names(Kind kind) {
    return kind == Kind::postgres ? std::vector<std::string>{"postgresql", "postgres"}
                                  : std::vector<std::string>{"sqlite"};
}

// The lines below one marker, up to the next.
std::string section_below(const std::string& text, const std::string& marker) {
    std::istringstream lines(text);
    std::string section;
    bool is_inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("-- headgate:"))
            is_inside = line == marker;
        else if (is_inside)
            section += line + "\n";
    }
    return section;
}

// Cut out by simpler means than the program's own.
std::string upgrade_of(const std::string& text, Kind kind) {
    for (const auto& name : dialect_names(kind))
        if (text.contains("-- headgate:upgrade " + name + "\n"))
            return section_below(text, "-- headgate:upgrade " + name);
    return section_below(text, "-- headgate:upgrade");
}

std::string text_of(const Project& project, const std::string& revision) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(project.migrations())) {
        const std::string text = entry.is_regular_file() ? read_file(entry.path()) : "";
        if (text.contains("-- revision = \"" + revision + "\"")) return text;
    }
    throw std::runtime_error("no file of revision " + revision);
}

// SQLite keeps the words of CREATE TABLE, and a rebuild spells them otherwise: quotes and white space do not count.
std::string without_spelling(const std::string& schema) {
    std::string meaning;
    for (const char byte : schema)
        if (std::string_view(" \t\n\"").find(byte) == std::string_view::npos) meaning += byte;
    return meaning;
}

std::string schema_of(const Database& database) {
    if (database.kind() == Kind::postgres) return dump_postgres(database.url());
    std::string schema;
    for (const auto& row :
         database.rows("SELECT type, name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'headgate_%' "
                       "AND name <> 'sqlite_sequence' ORDER BY type, name;"))
        for (const auto& field : row) schema += field + "\n";
    return schema;
}

std::string row_counts_of(const Database& database) {
    std::string counts;
    for (const auto& table : database.tables())
        if (!table.starts_with("headgate_"))
            counts += table + " " + database.value("SELECT count(*) FROM " + quote_name(table) + ";") + "\n";
    return counts;
}

void run_plainly(const Database& database, const std::string& sql) {
    if (database.kind() == Kind::postgres)
        run_psql(database.url(), sql);
    else
        run_sqlite(database.url().substr(std::string("sqlite:///").size()), "BEGIN;\n" + sql + "\nCOMMIT;");
}

}  // namespace

TEST_CASE("the demo's history goes up, down to nothing, and up again to the same schema") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    std::filesystem::copy(std::filesystem::path(HEADGATE_SOURCE_DIR) / "migrations", project.migrations(),
                          std::filesystem::copy_options::recursive);
    const auto empty = schema_of(*make_database(kind));
    const Outcome up = project.run({"upgrade"});
    INFO(up.describe());
    REQUIRE(up.exit_code == 0);
    CHECK(project.applied().size() >= 10);
    const auto schema = schema_of(project.database());
    const auto counts = row_counts_of(project.database());
    const Outcome down = project.run({"downgrade", "base"});
    INFO(down.describe());
    REQUIRE(down.exit_code == 0);
    CHECK(project.applied().empty());
    CHECK(schema_of(project.database()) == empty);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    CHECK(schema_of(project.database()) == schema);
    CHECK(row_counts_of(project.database()) == counts);
}

TEST_CASE("every single step of the demo's history goes down and up again to the same schema") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    std::filesystem::copy(std::filesystem::path(HEADGATE_SOURCE_DIR) / "migrations", project.migrations(),
                          std::filesystem::copy_options::recursive);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const auto revisions = project.applied();
    REQUIRE(project.run({"downgrade", "base"}).exit_code == 0);
    std::string schema = without_spelling(schema_of(project.database()));
    for (std::size_t count = 1; count <= revisions.size(); ++count) {
        const auto& revision = revisions[count - 1];
        INFO(revision);
        REQUIRE(project.run({"upgrade", revision}).exit_code == 0);
        CHECK(project.applied().size() == count);
        const auto above = without_spelling(schema_of(project.database()));
        REQUIRE(project.run({"downgrade", "-1"}).exit_code == 0);
        CHECK(without_spelling(schema_of(project.database())) == schema);
        REQUIRE(project.run({"upgrade", revision}).exit_code == 0);
        CHECK(without_spelling(schema_of(project.database())) == above);
        schema = above;
    }
}

TEST_CASE("the demo's schema is what psql and sqlite3 make of the same SQL") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    std::filesystem::copy(std::filesystem::path(HEADGATE_SOURCE_DIR) / "migrations", project.migrations(),
                          std::filesystem::copy_options::recursive);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const auto plain = make_database(kind);
    for (const auto& revision : project.applied()) run_plainly(*plain, upgrade_of(text_of(project, revision), kind));
    CHECK(schema_of(project.database()) == schema_of(*plain));
    CHECK(row_counts_of(project.database()) == row_counts_of(*plain));
}
