// SPDX-License-Identifier: Apache-2.0
// Two images with a folder each, on one database: the older one restarts, is rolled back to, or goes another way.
#include <csignal>
#include <format>
#include <initializer_list>
#include <map>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

RevisionText step(int number, const std::string& header = "") {
    return {id(number), id(number - 1), std::format("CREATE TABLE t{} (a integer);", number), "", header};
}

RevisionText canary(const std::string& header = "") {
    return {"c00000000003", id(2), "CREATE TABLE canary (a integer);", "", header};
}

// The revision files that were baked into one image.
class Image {
public:
    Image(const Project& project, std::initializer_list<RevisionText> revisions) : project_(project) {
        for (const auto& revision : revisions) add(revision);
    }

    void add(const RevisionText& revision) const {
        write_file(folder_ / (revision.revision + "_step.sql"), render(revision));
    }

    Program headgate(std::vector<std::string> arguments,
                     const std::map<std::string, std::string>& settings = {}) const {
        return with(project_.headgate(std::move(arguments)), settings);
    }
    Program gate(const std::map<std::string, std::string>& settings = {}) const {
        return with(project_.gate(), settings);
    }
    Outcome run(std::vector<std::string> arguments, const std::map<std::string, std::string>& settings = {}) const {
        return run_program(headgate(std::move(arguments), settings));
    }
    Outcome start(const std::map<std::string, std::string>& settings = {}) const { return run_program(gate(settings)); }

private:
    Program with(Program program, const std::map<std::string, std::string>& settings) const {
        program.environment["HEADGATE_MIGRATIONS"] = folder_.path().string();
        for (const auto& [name, value] : settings) program.environment["HEADGATE_" + name] = value;
        return program;
    }

    const Project& project_;
    TempFolder folder_;
};

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

// What headgate may not touch: its own rows, too.
std::string state_of(const Project& project) {
    std::string state = project.database().dump();
    for (const auto& row : project.database().rows("SELECT * FROM headgate_ledger ORDER BY sequence;")) {
        for (const auto& value : row) state += value + "|";
    }
    return state;
}

// The exit code and no server, and nothing was touched.
void check_refused(const Project& project, const Outcome& outcome, int exit_code, const std::string& state_before) {
    INFO(outcome.describe());
    CHECK(outcome.exit_code == exit_code);
    CHECK_FALSE(server_started(outcome));
    CHECK(state_of(project) == state_before);
}

bool is_written_to(const Database& database) {
    if (database.kind() == Kind::postgres) {
        return database.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                   "wait_event = 'PgSleep'") != "0";
    }
    try {
        database.execute(".timeout 0\nBEGIN IMMEDIATE; ROLLBACK;");
        return false;
    } catch (const std::exception&) {
        return true;
    }
}

std::string half_a_minute(Kind kind) {
    if (kind == Kind::postgres) return "CREATE TABLE t3 (a integer); SELECT pg_sleep(30);";
    return "CREATE TABLE t3 (a integer); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < "
           "2000000000) INSERT INTO t3 SELECT max(n) FROM c;";
}

}  // namespace

TEST_CASE("an image that was rolled back starts on the newer database: warn, fail and allow") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image old_image(project, {step(1), step(2)});
    const Image new_image(project, {step(1), step(2), step(3), step(4)});
    REQUIRE(server_started(old_image.start()));
    REQUIRE(server_started(new_image.start()));
    const auto before = state_of(project);

    const Outcome warned = old_image.start({{"LOG_FORMAT", "json"}});
    INFO(warned.describe());
    CHECK(server_started(warned));
    CHECK(count_of(warned.err, R"("event":"database_ahead")") == 1);
    CHECK(warned.err.contains(id(3) + ", " + id(4)));

    const Outcome failed = old_image.start({{"DATABASE_AHEAD", "fail"}});
    check_refused(project, failed, 76, before);
    CHECK(failed.err.contains(id(3) + ", " + id(4)));
    CHECK(failed.err.contains("database_ahead"));

    const Outcome allowed = old_image.start({{"DATABASE_AHEAD", "allow"}});
    CHECK(server_started(allowed));
    CHECK_FALSE(allowed.err.contains("ahead"));
    CHECK(old_image.run({"upgrade"}).exit_code == 0);
    CHECK(state_of(project) == before);
}

TEST_CASE("a breaking revision refuses older images by name, whether they migrate or wait; only allow overrides") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image old_image(project, {step(1), step(2)});
    const Image new_image(project, {step(1), step(2), step(3, "-- breaking = true\n"), step(4)});
    REQUIRE(server_started(new_image.start()));
    const auto before = state_of(project);
    for (const char* policy : {"warn", "fail"}) {
        const Outcome refused = old_image.start({{"DATABASE_AHEAD", policy}});
        check_refused(project, refused, 76, before);
        CHECK(refused.err.contains("revision " + id(3)));
        CHECK(refused.err.contains("breaking"));
        CHECK_FALSE(refused.err.contains("revision " + id(4)));
    }
    check_refused(project, old_image.run({"wait"}), 76, before);
    CHECK(server_started(old_image.start({{"DATABASE_AHEAD", "allow"}})));
    CHECK(server_started(new_image.start()));
}

TEST_CASE("a canary's sibling branch lets the others restart, unless it breaks them") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const bool is_breaking = GENERATE(false, true);
    const Image stable(project, {step(1), step(2)});
    const Image with_canary(project, {step(1), step(2), canary(is_breaking ? "-- breaking = true\n" : "")});
    REQUIRE(server_started(stable.start()));
    REQUIRE(server_started(with_canary.start()));
    const Outcome outcome = stable.start();
    INFO(outcome.describe());
    CHECK(server_started(outcome) == !is_breaking);
    CHECK(outcome.err.contains("c00000000003"));
}

TEST_CASE("an older image with pending revisions has diverged: nothing is applied until one has both") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image with_canary(project, {step(1), step(2), canary()});
    const Image stable(project, {step(1), step(2), step(3)});
    REQUIRE(server_started(with_canary.start()));
    const auto before = state_of(project);
    const Outcome outcome = stable.start();
    check_refused(project, outcome, 76, before);
    CHECK(outcome.err.contains("diverged"));
    CHECK(outcome.err.contains("--allow-diverged c00000000003"));
    CHECK(outcome.err.contains(id(3) + " is pending"));

    const Image merged(project, {step(1),
                                 step(2),
                                 step(3),
                                 canary(),
                                 {"e00000000004", std::format(R"(["{}", "c00000000003"])", id(3)), "", "", ""}});
    CHECK(server_started(merged.start()));
    CHECK(project.applied() == std::vector<std::string>{id(1), id(2), "c00000000003", id(3), "e00000000004"});
}

TEST_CASE("leave by --allow-diverged is for the revisions it names, and for one run") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image with_canary(
        project,
        {step(1), step(2), canary(), {"c00000000004", "c00000000003", "CREATE TABLE c4 (a integer);", "", ""}});
    const Image stable(project, {step(1), step(2), step(3)});
    REQUIRE(server_started(with_canary.start()));
    const auto before = state_of(project);
    check_refused(project, stable.run({"upgrade", "--allow-diverged", "c00000000003"}), 76, before);
    const Outcome mistyped =
        stable.run({"upgrade", "--allow-diverged", "c00000000003", "--allow-diverged", "c0000000004"});
    check_refused(project, mistyped, 64, before);
    CHECK(mistyped.err.contains("c0000000004"));
    CHECK(mistyped.err.contains("c00000000003, c00000000004"));

    const Outcome allowed =
        stable.run({"upgrade", "--allow-diverged", "c00000000003", "--allow-diverged", "c00000000004"});
    INFO(allowed.describe());
    CHECK(allowed.exit_code == 0);
    CHECK(allowed.err.contains("histories have diverged"));
    CHECK(project.applied().back() == id(3));
    CHECK(server_started(stable.start()));  // ahead now

    stable.add(step(4));
    check_refused(project, stable.start(), 76, state_of(project));
}

TEST_CASE("a leave that nothing asks for is an error, so that a forgotten one is found") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image image(project, {step(1), step(2)});
    REQUIRE(server_started(image.start()));
    const auto before = state_of(project);
    check_refused(project, image.run({"upgrade", "--allow-diverged", "c00000000003"}), 64, before);
}

TEST_CASE("leave by --allow-diverged is not for a breaking revision") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image with_canary(project, {step(1), step(2), canary("-- breaking = true\n")});
    const Image stable(project, {step(1), step(2), step(3)});
    REQUIRE(server_started(with_canary.start()));
    const std::vector<std::string> leave{"upgrade", "--allow-diverged", "c00000000003"};
    check_refused(project, stable.run(leave), 76, state_of(project));
    CHECK(stable.run(leave, {{"DATABASE_AHEAD", "allow"}}).exit_code == 0);
    CHECK(project.applied().back() == id(3));
}

TEST_CASE("the ledger of another application is called that") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image one(project, {step(1), step(2), step(3), step(4), step(5), step(6), step(7)});
    const Image other(project, {{"b00000000001", "", "CREATE TABLE b (a integer);", "", ""}});
    REQUIRE(server_started(one.start()));
    const auto before = state_of(project);
    const Outcome outcome = other.start();
    check_refused(project, outcome, 76, before);
    CHECK(outcome.err.contains("right database"));
    CHECK(outcome.err.contains("ledger_schema"));
    CHECK(outcome.err.contains(id(5) + " and 2 more"));
}

TEST_CASE("an image at head restarts at once while a newer one migrates") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image old_image(project, {step(1), step(2)});
    const Image new_image(project, {step(1), step(2), {id(3), id(2), half_a_minute(project.kind()), "", ""}});
    REQUIRE(server_started(old_image.start()));
    const auto before = state_of(project);

    RunningProgram migrating(new_image.gate());
    REQUIRE(eventually([&] { return is_written_to(project.database()); }));
    const Outcome outcome = old_image.start({{"GATE_TIMEOUT", "1ms"}});
    INFO(outcome.describe());
    CHECK(server_started(outcome));
    CHECK(outcome.duration < Milliseconds(10'000));
    CHECK(migrating.is_running());

    migrating.send_signal(SIGTERM);
    CHECK(migrating.wait().exit_code == 143);
    CHECK(state_of(project) == before);
}

TEST_CASE("an older image that waits takes a database ahead as its policy says") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image old_image(project, {step(1), step(2)});
    const Image new_image(project, {step(1), step(2), step(3)});
    REQUIRE(server_started(new_image.start()));
    const Outcome warned = old_image.start({{"MODE", "wait"}});
    INFO(warned.describe());
    CHECK(server_started(warned));
    CHECK(warned.err.contains("ahead"));
    check_refused(project, old_image.start({{"MODE", "wait"}, {"DATABASE_AHEAD", "fail"}}), 76, state_of(project));
}

TEST_CASE("who waits for pending revisions is told that the database went another way") {
    const Project project(GENERATE(Kind::postgres, Kind::sqlite));
    const Image with_canary(project, {step(1), step(2), canary()});
    const Image stable(project, {step(1), step(2), step(3)});
    REQUIRE(server_started(with_canary.start()));
    const Outcome outcome = stable.run({"wait", "--gate-timeout", "300ms"});
    check_refused(project, outcome, 75, state_of(project));
    CHECK(outcome.err.contains(id(3) + " is not applied yet"));
    CHECK(outcome.err.contains("c00000000003, which has no file here"));
}
