// SPDX-License-Identifier: Apache-2.0
// Large revisions and large results: memory follows the largest step, never the rows that a step returns.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr long mebibyte = 1024;  // in KiB

// A sanitizer's own memory says nothing about the program's. Another build than ours is taken to have none.
bool is_sanitized() {
    return std::string_view(HEADGATE_SANITIZED).size() > 0 && std::getenv("HEADGATE_TEST_BINARY") == nullptr;
}

// Freed memory goes back at once, so that what is measured is what was held.
Outcome upgrade(const Project& project) {
    Program program = project.headgate({"upgrade"});
    auto& options = program.environment["ASAN_OPTIONS"];
    options += (options.empty() ? "" : ":") + std::string("quarantine_size_mb=1");
    program.time_limit = Milliseconds{240'000};
    return run_program(program);
}

std::string large_sql(std::size_t mebibytes) {
    const std::string line = "INSERT INTO large VALUES ('" + std::string(1000, 'x') + "');\n";
    std::string sql = "CREATE TABLE large (a text);\n";
    while (sql.size() < mebibytes * 1024 * 1024) sql += line;
    return sql;
}

long memory_of(Kind kind, const std::string& sql) {
    Project project(kind);
    project.add_step(1, sql);
    const Outcome outcome = upgrade(project);
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 0);
    return outcome.max_resident_kib;
}

}  // namespace

TEST_CASE("a revision of 50 MB applies whole, in memory of its own size") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const std::size_t size = is_sanitized() ? 10 : 50;
    const std::string sql = large_sql(size);
    project.add_step(1, sql);
    const Outcome outcome = upgrade(project);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(project.database().value("SELECT count(*) FROM large;") == std::to_string(std::ranges::count(sql, '\n') - 1));
    INFO("resident: " << outcome.max_resident_kib / mebibyte << " MiB");
    if (!is_sanitized()) CHECK(outcome.max_resident_kib <= (12 + 2 * static_cast<long>(size)) * mebibyte);
}

TEST_CASE("a fault on the last line of a large revision is found and shown, and nothing stays") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    Project project(kind);
    const auto file = project.add_step(1, large_sql(5) + "INSERT INTO nowhere VALUES (1);");
    const Outcome outcome = upgrade(project);
    INFO(outcome.err.substr(0, 4000));
    CHECK(outcome.exit_code == 79);
    CHECK(outcome.err.contains(spot(file, "INSERT INTO nowhere")));
    CHECK(outcome.err.size() < 20'000);
    CHECK(project.database().tables().empty());
}

TEST_CASE("a step that returns millions of rows keeps none of them") {
    const Kind kind = GENERATE(Kind::postgres, Kind::sqlite);
    const std::string many = is_sanitized() ? "3000000" : "10000000";
    const auto select = [&](const std::string& rows) {
        return kind == Kind::postgres ? "SELECT repeat('x', 50) FROM generate_series(1, " + rows + ");"
                                      : "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < " +
                                            rows + ") SELECT x, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' FROM c;";
    };
    const long few = memory_of(kind, select("1"));
    const long all = memory_of(kind, select(many));
    INFO("resident: " << few / mebibyte << " MiB for one row, " << all / mebibyte << " MiB for " << many);
    CHECK(all - few < 16 * mebibyte);
}

TEST_CASE("thousands of notices do not pile up") {
    const long few = memory_of(Kind::postgres, "DO $$ BEGIN RAISE NOTICE 'one'; END $$;");
    const long many = memory_of(
        Kind::postgres, "DO $$ BEGIN FOR i IN 1..20000 LOOP RAISE NOTICE '%', repeat('x', 200); END LOOP; END $$;");
    INFO("resident: " << few / mebibyte << " MiB, " << many / mebibyte << " MiB");
    CHECK(many - few < 16 * mebibyte);
}
