// SPDX-License-Identifier: Apache-2.0
// What a user has: a folder with migrations, a database, and the headgate program. Every case of tests/gate starts
// from one of these, and asks the database with other clients than ours how it went.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/program.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

namespace headgate::gate {

using support::Milliseconds;
using support::Outcome;
using support::Program;
using support::RunningProgram;
using support::TextRow;

enum class Kind { postgres, sqlite };

// A database of a case's own, empty at the start.
class Database {
public:
    virtual ~Database() = default;
    virtual Kind kind() const = 0;
    virtual std::string url() const = 0;
    virtual std::vector<TextRow> rows(std::string_view sql) const = 0;
    virtual std::vector<std::string> tables() const = 0;  // of the users' schemas, sorted
    virtual std::string dump() const = 0;                 // schema and rows, headgate's own tables left out

    void execute(std::string_view sql) const { rows(sql); }
    std::string value(std::string_view sql) const;  // of the only row's first column
    bool has_table(std::string_view name) const;
};

std::unique_ptr<Database> make_database(Kind kind);
// A database of another server than the shared one.
std::unique_ptr<Database> make_database(const support::PostgresAddress& server);
// A SQLite file elsewhere than in a folder of the database's own. It stays; its folder must outlive the database.
std::unique_ptr<Database> make_sqlite_database(const std::filesystem::path& file);

// "a00000000001" and so on: the id of the n-th step of a straight history; "" for 0.
std::string id(int number);

struct RevisionText {
    std::string revision;
    std::string down_revision;  // as TOML, without quotes for one id: "a00000000001" or ["x", "y"]; empty: a base
    std::string upgrade;
    std::string downgrade;  // empty: no such section
    std::string header;     // further header lines, each with its "-- "
};
std::string render(const RevisionText& revision);

// For add_step's header: statement by statement, each recorded.
inline constexpr auto no_transaction = "-- transaction = false\n";

class Project {
public:
    explicit Project(Kind kind);
    explicit Project(std::unique_ptr<Database> database);

    Kind kind() const { return database_->kind(); }
    const Database& database() const { return *database_; }
    std::filesystem::path folder() const { return folder_.path(); }
    std::filesystem::path migrations() const { return folder_ / "migrations"; }

    // The n-th step of a straight history. Gives its file.
    std::filesystem::path add_step(int number, std::string upgrade, std::string downgrade = "",
                                   std::string header = "");
    std::filesystem::path add(const RevisionText& revision);
    // Three steps: the tables one, two and three, each with its own row in `marks`.
    void add_three_steps();

    // headgate with these arguments, in the project's folder, DATABASE_URL set, nothing else in its environment.
    Program headgate(std::vector<std::string> arguments) const;
    Outcome run(std::vector<std::string> arguments) const {
        return support::run_program(headgate(std::move(arguments)));
    }
    // headgate run -- probe_server
    Program gate(std::vector<std::string> server_arguments = {}) const;
    Outcome start() const { return support::run_program(gate()); }

    // The ledger's revisions in the order of application; none where there is no ledger.
    std::vector<std::string> applied() const;

private:
    support::TempFolder folder_;
    std::unique_ptr<Database> database_;
};

// probe_server ran: the gate has opened.
bool server_started(const Outcome& outcome);
// Line of the first place where the file has this text.
std::size_t line_of(const std::filesystem::path& file, std::string_view text);
// "name:line", as messages have it, with the file's own name only.
std::string spot(const std::filesystem::path& file, std::string_view text);

}  // namespace headgate::gate
