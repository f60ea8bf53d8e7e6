// SPDX-License-Identifier: Apache-2.0
// Random histories, applied and undone by headgate on one database and by its scripts on another: the two never differ.
#include <cstdlib>
#include <format>
#include <random>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/offline_script.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::size_t number_of(const char* variable, std::size_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::stoul(text);
}

// A history with branches and merges, of sections as people write them: comments anywhere, semicolons forgotten, BEGIN
// and COMMIT around, COPY data, indexes built concurrently.
class RandomHistory {
public:
    RandomHistory(std::mt19937_64& engine, Kind kind) : engine_(engine), kind_(kind) {
        has_own_schema_ = chance(4);
        const bool is_straight = chance(2);
        const int size = 2 + below(6);
        for (int number = 1; number <= size; ++number) revisions_.push_back(make(number, is_straight));
    }

    const std::vector<RevisionText>& revisions() const { return revisions_; }
    bool has_own_schema() const { return has_own_schema_; }
    const std::string& any() { return revisions_[static_cast<std::size_t>(below(std::ssize(revisions_)))].revision; }

private:
    int below(std::ptrdiff_t limit) {
        return static_cast<int>(std::uniform_int_distribution<std::ptrdiff_t>(0, limit - 1)(engine_));
    }
    bool chance(int one_in) { return below(one_in) == 0; }

    RevisionText make(int number, bool is_straight) {
        RevisionText revision{id(number), "", "", "", ""};
        if (number > 1) revision.down_revision = is_straight ? id(number - 1) : id(1 + below(number - 1));
        if (number > 3 && !is_straight && chance(3)) {
            revision.down_revision = std::format("[\"{}\", \"{}\"]", id(number - 1), id(1 + below(number - 2)));
        }
        if (number > 2 && chance(5)) {
            revision.header = std::format("-- depends_on = \"{}\"\n", id(1 + below(number - 1)));
        }
        if (chance(6)) {
            make_loose(revision, number);
        } else {
            make_whole(revision, number);
        }
        return revision;
    }

    void make_whole(RevisionText& revision, int number) {
        std::string& up = revision.upgrade;
        up = std::format("{}CREATE TABLE t{} (a integer, b text{});\n", comment(), number,
                         chance(2) ? "" : " DEFAULT 'it''s; -- so'");
        if (kind_ == Kind::postgres && chance(3))
            up += std::format("COPY t{} FROM stdin;\n7\tä; '\n\\N\t\\\\.\n\\.\n", number);
        if (chance(2))
            up += std::format("INSERT INTO t{} VALUES ({}, 'x{}');{}\n", number, below(100), number, comment());
        if (chance(3)) up += std::format("CREATE INDEX i{0} ON t{0} (a);\n", number);
        if (chance(2)) up += odd_statement(number);
        if (kind_ == Kind::postgres && chance(5)) up += "SET search_path = pg_catalog; SET lock_timeout = 1;\n";
        if (!up.contains("search_path") && chance(3))
            up += std::format("{}UPDATE t{} SET a = a + 1{}", comment(), number, chance(2) ? "" : " -- so;");
        if (chance(4)) up = "BEGIN;\n" + up + "\n;COMMIT;\n" + comment();
        revision.downgrade = std::format("{}DROP TABLE t{}{}", comment(), number, chance(2) ? ";" : "");
    }

    void make_loose(RevisionText& revision, int number) {
        revision.header += "-- transaction = false\n";
        const std::string concurrently = kind_ == Kind::postgres ? "CONCURRENTLY " : "";
        revision.upgrade = std::format(
            "CREATE TABLE t{0} (a integer, b text);\n{1}CREATE INDEX {2}i{0} ON t{0} (a);\n{3}"
            "INSERT INTO t{0} (a) VALUES ({0}){4}",
            number, comment(), concurrently, odd_statement(number), chance(2) ? ";" : "");
        revision.downgrade = std::format("DROP INDEX {1}i{0};\nDROP TABLE t{0};", number, concurrently);
    }

    // For the server nothing special, for its shell perhaps.
    std::string odd_statement(int number) {
        if (kind_ == Kind::sqlite) {
            return chance(2) ? std::format("INSERT INTO t{} (b) VALUES ('\\b :b\n.quit\n/\n');\n", number)
                             : std::format("UPDATE t{} SET a = 6\n/\n3;\n", number);
        }
        switch (below(4)) {
            case 0:
                return std::format("INSERT INTO t{} (b) VALUES ('\\b :HOST $$ \\q'), (E'it\\'s \\\\');\n", number);
            case 1:
                return "DO $x$ BEGIN PERFORM ':HOST', $$\\q$$; END $x$;\n";
            case 2:
                return std::format(
                    "INSERT INTO t{} (a) SELECT cardinality((ARRAY[4, 5, 6])[1:HOST]) FROM (SELECT 2 AS host) AS q;\n",
                    number);
            default:
                return std::format(
                    "CREATE TABLE \"odd \"\" $$ ; ' {0}\" (\"a:b\" integer);\nDROP TABLE \"odd \"\" $$ ; ' {0}\";\n",
                    number);
        }
    }

    std::string comment() { return chance(3) ? "-- about it; really\n" : chance(3) ? "/* a;\n b */\n" : "\n"; }

    std::mt19937_64& engine_;
    Kind kind_;
    bool has_own_schema_ = false;
    std::vector<RevisionText> revisions_;
};

class Pair {
public:
    Pair(const RandomHistory& history, Kind kind) : project_(kind), offline_(make_database(kind)) {
        std::string settings = "[alembic]\nversion_table = \"alembic_version\"\n";
        if (kind == Kind::postgres && history.has_own_schema()) {
            settings = "ledger_schema = \"my \\\"ledger\"\n" + settings;
            project_.database().execute("CREATE SCHEMA \"my \"\"ledger\"");
            offline_->execute("CREATE SCHEMA \"my \"\"ledger\"");
        }
        write_file(project_.folder() / "headgate.toml", settings);
        for (const auto& revision : history.revisions()) project_.add(revision);
    }

    void go(const std::string& command, const std::string& from, const std::string& to) {
        const Outcome online = project_.run({command, to});
        const auto script = write_script(project_, {command, from + ":" + to});
        const Outcome offline = run_script(*offline_, script);
        INFO(command << " " << from << ":" << to << "\n" << online.describe() << "\n" << offline.describe() << script);
        REQUIRE(online.exit_code == 0);
        REQUIRE(offline.exit_code == 0);
        REQUIRE(state_of(*offline_) == state_of(project_.database()));
    }

private:
    Project project_;
    std::unique_ptr<Database> offline_;
};

}  // namespace

TEST_CASE("online and offline, random histories give the same database, up and down") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const auto seed = number_of("HEADGATE_TEST_SEED", Catch::getSeed());
    const auto rounds = number_of("HEADGATE_TEST_ROUNDS", 4);
    std::mt19937_64 engine(seed);
    for (std::size_t round = 0; round < rounds; ++round) {
        INFO(std::format("HEADGATE_TEST_SEED={} HEADGATE_TEST_ROUNDS={}, history {}", seed, rounds, round));
        RandomHistory history(engine, kind);
        Pair pair(history, kind);
        const auto middle = history.any();
        pair.go("upgrade", "base", middle);
        pair.go("upgrade", middle, "heads");
        pair.go("downgrade", "heads", "base");
    }
}
