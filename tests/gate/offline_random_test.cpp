// SPDX-License-Identifier: Apache-2.0
// Random histories, applied and undone by headgate on one database and by its scripts on another: the two never differ.
#include <cstdlib>
#include <format>
#include <random>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/alembic_beside.hpp"
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
        const bool is_straight = chance(2);
        const int size = 2 + below(6);
        for (int number = 1; number <= size; ++number) revisions_.push_back(make(number, is_straight));
    }

    const std::vector<RevisionText>& revisions() const { return revisions_; }
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
        if (chance(3)) up += std::format("{}UPDATE t{} SET a = a + 1{}", comment(), number, chance(2) ? "" : " -- so;");
        if (chance(4)) up = "BEGIN;\n" + up + "\n;COMMIT;\n" + comment();
        revision.downgrade = std::format("{}DROP TABLE t{}{}", comment(), number, chance(2) ? ";" : "");
    }

    void make_loose(RevisionText& revision, int number) {
        revision.header = "-- transaction = false\n";
        const std::string concurrently = kind_ == Kind::postgres ? "CONCURRENTLY " : "";
        revision.upgrade = std::format(
            "CREATE TABLE t{0} (a integer);\n{1}CREATE INDEX {2}i{0} ON t{0} (a);\n"
            "INSERT INTO t{0} VALUES ({0}){3}",
            number, comment(), concurrently, chance(2) ? ";" : "");
        revision.downgrade = std::format("DROP INDEX {1}i{0};\nDROP TABLE t{0};", number, concurrently);
    }

    std::string comment() { return chance(3) ? "-- about it; really\n" : chance(3) ? "/* a;\n b */\n" : "\n"; }

    std::mt19937_64& engine_;
    Kind kind_;
    std::vector<RevisionText> revisions_;
};

class Pair {
public:
    Pair(const RandomHistory& history, Kind kind) : project_(kind), offline_(make_database(kind)) {
        keep_alembic_version(project_);
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
    const auto rounds = number_of("HEADGATE_TEST_ROUNDS", 6);
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
