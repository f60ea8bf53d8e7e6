// SPDX-License-Identifier: Apache-2.0
// docs/zero-downtime.md: its revisions, cut out of the page, on the history of examples/compose; and what it says of
// the versions that work on them.
#include <format>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

const std::filesystem::path source = HEADGATE_SOURCE_DIR;

std::vector<std::string> sql_blocks(const std::string& page) {
    std::istringstream lines(page);
    std::vector<std::string> blocks;
    bool is_inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "```sql") blocks.emplace_back();
        if (line.starts_with("```"))
            is_inside = line == "```sql";
        else if (is_inside)
            blocks.back() += line + "\n";
    }
    return blocks;
}

void copy_example(const Project& project) {
    for (const auto* version : {"version-1", "version-2"})
        std::filesystem::copy(source / "examples/compose/notes" / version / "migrations", project.migrations());
}

// Writes the revisions of one deployment: their ids begin with "a" and its number.
void add_deployment(const Project& project, int deployment) {
    int added = 0;
    for (const auto& block : sql_blocks(read_file(source / "docs/zero-downtime.md"))) {
        if (!block.contains(std::format("-- revision = \"a{}", deployment))) continue;
        write_file(project.migrations() / std::format("deployment_{}_{}.sql", deployment, ++added), block);
    }
    REQUIRE(added > 0);
}

// What the application does in one line of the guide's table.
struct Version {
    std::string reads;
    std::vector<std::string> writes;

    void work_on(const Database& database, const std::string& note) const {
        std::string names, values;
        for (const auto& name : writes) {
            names += (names.empty() ? "" : ", ") + name;
            values += (values.empty() ? "'" : ", '") + note + "'";
        }
        INFO("writes " << names << ", reads " << reads);
        const auto number =
            database.value(std::format("INSERT INTO notes ({}) VALUES ({}) RETURNING id", names, values));
        CHECK(database.value(std::format("SELECT {} FROM notes WHERE id = {}", reads, number)) == note);
    }
    // None of the rows, whoever wrote them, has nothing to show.
    bool sees_every_note(const Database& database) const {
        return database.value(std::format("SELECT count(*) FROM notes WHERE {} IS NULL", reads)) == "0";
    }
};

const std::vector<Version> versions{
    {"body", {"body"}}, {"body", {"body", "text"}}, {"text", {"body", "text"}}, {"text", {"text"}}, {"text", {"text"}}};

}  // namespace

TEST_CASE("the zero-downtime guide: on every schema the version it is for works, and the one before") {
    const Project project(Kind::postgres);
    copy_example(project);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    const auto& database = project.database();
    database.execute("INSERT INTO notes (body) SELECT 'old ' || n FROM generate_series(1, 2500) AS n");
    for (int deployment = 1; deployment <= 4; ++deployment) {
        add_deployment(project, deployment);
        const Outcome outcome = project.run({"upgrade"});
        INFO(outcome.describe());
        REQUIRE(outcome.exit_code == 0);
        for (const int number : {deployment - 1, deployment}) {
            const auto& version = versions.at(static_cast<std::size_t>(number));
            version.work_on(database, std::format("deployment {}, version {}", deployment, number));
            CHECK(version.sees_every_note(database));
        }
    }
    CHECK(database.value("SELECT count(*) FROM notes WHERE text IS NULL") == "0");
}

TEST_CASE("the zero-downtime guide: every revision of it can be undone, and applied again") {
    const Project project(Kind::postgres);
    copy_example(project);
    for (int deployment = 1; deployment <= 4; ++deployment) add_deployment(project, deployment);
    for (int round = 0; round < 2; ++round) {
        const Outcome up = project.run({"upgrade"});
        INFO(up.describe());
        REQUIRE(up.exit_code == 0);
        const Outcome down = project.run({"downgrade", "f1b49476200d"});
        INFO(down.describe());
        REQUIRE(down.exit_code == 0);
        CHECK(project.database().value("SELECT body FROM notes") == "Buy blue ink");
    }
}

TEST_CASE("the zero-downtime guide: the last deployment refuses the image before it, unless that says allow") {
    const Project project(Kind::postgres);
    copy_example(project);
    for (int deployment = 1; deployment <= 4; ++deployment) add_deployment(project, deployment);
    REQUIRE(project.run({"upgrade"}).exit_code == 0);
    std::filesystem::remove(project.migrations() / "deployment_4_1.sql");
    const Outcome refused = project.start();
    INFO(refused.describe());
    CHECK(refused.exit_code == 76);
    CHECK(refused.err.contains("drop body"));
    Program allowed = project.gate();
    allowed.environment["HEADGATE_DATABASE_AHEAD"] = "allow";
    CHECK(server_started(run_program(allowed)));
}

// The second thousand fails when the first is committed already: nobody but a person can know that this does no harm.
TEST_CASE("the zero-downtime guide: filling that ended half way is 80, and may be resumed as the page says") {
    const Project project(Kind::postgres);
    copy_example(project);
    for (int deployment = 1; deployment <= 2; ++deployment) add_deployment(project, deployment);
    REQUIRE(project.run({"upgrade", "a10000000001"}).exit_code == 0);
    const auto& database = project.database();
    database.execute("INSERT INTO notes (body) SELECT 'old ' || n FROM generate_series(1, 2500) AS n");
    database.execute("ALTER TABLE notes ADD CONSTRAINT late CHECK (text IS NULL OR id <= 1500)");
    const Outcome failed = project.run({"upgrade"});
    INFO(failed.describe());
    CHECK(failed.exit_code == 80);
    CHECK(database.value("SELECT count(*) FROM notes WHERE text IS NOT NULL") == "1000");
    database.execute("ALTER TABLE notes DROP CONSTRAINT late");
    REQUIRE(project.run({"repair", "a20000000002", "--resume-at", "1"}).exit_code == 0);
    const Outcome resumed = project.run({"upgrade"});
    INFO(resumed.describe());
    CHECK(resumed.exit_code == 0);
    CHECK(versions.at(2).sees_every_note(database));
}
