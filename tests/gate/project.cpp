// SPDX-License-Identifier: Apache-2.0
#include "gate/project.hpp"

#include <algorithm>
#include <cstdlib>
#include <format>
#include <sstream>
#include <stdexcept>

namespace headgate::gate {
namespace {

// headgate_attempts, the memory of failures, is left out of the tables: it is all that a failed step may leave.
class PostgresDatabase : public Database {
public:
    explicit PostgresDatabase(const support::PostgresAddress& server) : database_(server) {}
    Kind kind() const override { return Kind::postgres; }
    std::string url() const override { return database_.url(); }
    std::vector<TextRow> rows(std::string_view sql) const override { return database_.rows(sql); }
    std::string dump() const override { return support::dump_postgres(url(), support::DumpContent::schema_and_data); }
    std::vector<std::string> tables() const override {
        std::vector<std::string> names;
        for (const auto& row : rows("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
                                    "WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_|^information_schema$|^tests$' "
                                    "AND relname <> 'headgate_attempts' "
                                    "ORDER BY relname"))
            names.push_back(row.at(0));
        return names;
    }

private:
    support::TestDatabase database_;
};

class SqliteDatabase : public Database {
public:
    SqliteDatabase() : file_(folder_ / "app.db") {}
    explicit SqliteDatabase(std::filesystem::path file) : file_(std::move(file)) {}
    Kind kind() const override { return Kind::sqlite; }
    std::string url() const override { return "sqlite:///" + file_.string(); }
    std::string dump() const override { return std::filesystem::exists(file_) ? support::dump_sqlite(file_) : ""; }
    std::vector<TextRow> rows(std::string_view sql) const override {
        std::istringstream lines(support::run_sqlite(file_, ".nullvalue NULL\n" + std::string(sql)));
        std::vector<TextRow> all;
        for (std::string line; std::getline(lines, line);) all.push_back(split(line));
        return all;
    }
    // Does not make the file, as opening it would.
    std::vector<std::string> tables() const override {
        std::vector<std::string> names;
        if (!std::filesystem::exists(file_)) return names;
        for (const auto& row :
             rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> "
                  "'headgate_attempts' ORDER BY name;"))
            names.push_back(row.at(0));
        return names;
    }

private:
    static TextRow split(const std::string& line) {
        TextRow row;
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, '|');) row.push_back(field);
        if (row.empty() || line.ends_with('|')) row.emplace_back();
        return row;
    }

    support::TempFolder folder_;
    std::filesystem::path file_;
};

// What the program cannot do without; no trace of where the tests themselves run.
std::map<std::string, std::string> bare_environment() {
    std::map<std::string, std::string> variables;
    for (const char* name : {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"})
        if (const char* value = std::getenv(name)) variables[name] = value;
    return variables;
}

// HEADGATE_TEST_BINARY has the same cases judge another build, such as the one that is shipped.
std::string binary() {
    const char* other = std::getenv("HEADGATE_TEST_BINARY");
    return other != nullptr ? other : HEADGATE_BINARY;
}

std::string down_line(const std::string& down_revision) {
    if (down_revision.empty()) return "";
    const bool is_toml = down_revision.starts_with('[');
    return is_toml ? "-- down_revision = " + down_revision + "\n" : "-- down_revision = \"" + down_revision + "\"\n";
}

}  // namespace

std::string Database::value(std::string_view sql) const {
    const auto all = rows(sql);
    if (all.size() != 1) throw std::runtime_error(std::format("{} rows instead of one from: {}", all.size(), sql));
    return all[0].at(0);
}

bool Database::has_table(std::string_view name) const {
    return std::ranges::contains(tables(), name);
}

std::unique_ptr<Database> make_database(Kind kind) {
    if (kind == Kind::sqlite) return std::make_unique<SqliteDatabase>();
    return make_database(support::shared_server());
}

std::unique_ptr<Database> make_database(const support::PostgresAddress& server) {
    return std::make_unique<PostgresDatabase>(server);
}

std::unique_ptr<Database> make_sqlite_database(const std::filesystem::path& file) {
    return std::make_unique<SqliteDatabase>(file);
}

std::string id(int number) {
    return number == 0 ? "" : std::format("a{:011}", number);
}

std::string render(const RevisionText& revision) {
    std::string text = "-- headgate:revision\n-- revision = \"" + revision.revision + "\"\n";
    text += down_line(revision.down_revision);
    text += "-- message = \"step " + revision.revision + "\"\n" + revision.header;
    text += "\n-- headgate:upgrade\n" + revision.upgrade + "\n";
    if (!revision.downgrade.empty()) text += "\n-- headgate:downgrade\n" + revision.downgrade + "\n";
    return text;
}

Project::Project(Kind kind) : Project(make_database(kind)) {}

Project::Project(std::unique_ptr<Database> database) : database_(std::move(database)) {
    std::filesystem::create_directories(migrations());
}

std::filesystem::path Project::add(const RevisionText& revision) {
    const auto file = migrations() / (revision.revision + "_step.sql");
    support::write_file(file, render(revision));
    return file;
}

std::filesystem::path Project::add_step(int number, std::string upgrade, std::string downgrade, std::string header) {
    return add({id(number), id(number - 1), std::move(upgrade), std::move(downgrade), std::move(header)});
}

void Project::add_three_steps() {
    add_step(1, "CREATE TABLE marks (step integer);\nCREATE TABLE one (a integer);\nINSERT INTO marks VALUES (1);",
             "DROP TABLE one;\nDROP TABLE marks;");
    add_step(2, "CREATE TABLE two (a integer);\nINSERT INTO marks VALUES (2);",
             "DROP TABLE two;\nDELETE FROM marks WHERE step = 2;");
    add_step(3, "CREATE TABLE three (a integer);\nINSERT INTO marks VALUES (3);",
             "DROP TABLE three;\nDELETE FROM marks WHERE step = 3;");
}

Program Project::headgate(std::vector<std::string> arguments) const {
    Program program{.executable = binary(), .arguments = std::move(arguments)};
    program.clear_environment = true;
    program.environment = bare_environment();
    program.environment["DATABASE_URL"] = database_->url();
    program.folder = folder();
    return program;
}

Program Project::gate(std::vector<std::string> server_arguments) const {
    std::vector<std::string> arguments = {"run", "--", HEADGATE_PROBE_SERVER};
    arguments.insert(arguments.end(), server_arguments.begin(), server_arguments.end());
    return headgate(std::move(arguments));
}

std::vector<std::string> Project::applied() const {
    std::vector<std::string> revisions;
    if (!database_->has_table("headgate_ledger")) return revisions;
    for (const auto& row :
         database_->rows("SELECT revision FROM headgate_ledger WHERE state = 'applied' ORDER BY sequence;"))
        revisions.push_back(row.at(0));
    return revisions;
}

bool server_started(const Outcome& outcome) {
    return outcome.out.ends_with("ready\n");
}

std::size_t line_of(const std::filesystem::path& file, std::string_view text) {
    const std::string content = support::read_file(file);
    const auto found = content.find(text);
    if (found == std::string::npos) throw std::runtime_error("not in the file: " + std::string(text));
    return 1 + static_cast<std::size_t>(std::ranges::count(content.substr(0, found), '\n'));
}

std::string spot(const std::filesystem::path& file, std::string_view text) {
    return std::format("{}:{}", file.filename().string(), line_of(file, text));
}

}  // namespace headgate::gate
