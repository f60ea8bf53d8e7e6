// SPDX-License-Identifier: Apache-2.0
#include "gate/brake.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::gate {

void add_steps_with_brake(Project& project, int brake) {
    const bool is_postgres = project.kind() == Kind::postgres;
    project.add_step(
        1,
        "CREATE TABLE marks (step integer);\nCREATE TABLE brake (n integer);\nINSERT INTO marks VALUES (1);\n"
        "INSERT INTO brake VALUES (" +
            std::to_string(brake) + ");");
    project.add_step(2, std::string("INSERT INTO marks VALUES (2);\nCREATE TABLE two (a integer);\n") +
                            (is_postgres ? "SELECT pg_sleep(n) FROM brake;"
                                         : "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < "
                                           "(SELECT 1000000 * n FROM brake)) SELECT count(*) FROM c;"));
    project.add_step(3, "INSERT INTO marks VALUES (3);");
}

void add_steps_that_never_end(Project& project) {
    add_steps_with_brake(project, project.kind() == Kind::postgres ? 600 : 20'000);
}

void release_brake(const Project& project) {
    project.database().execute("UPDATE brake SET n = 0;");
}

bool wait_for_step_two(const Project& project) {
    if (project.kind() == Kind::postgres)
        return support::eventually([&] { return is_sleeping(project); }, Milliseconds{20'000});
    if (!support::eventually([&] { return project.applied() == std::vector{id(1)}; })) return false;
    support::pause_for(Milliseconds{300});
    return true;
}

void check_only_step_one(const Project& project) {
    CHECK(project.applied() == std::vector{id(1)});
    CHECK(project.database().rows("SELECT step FROM marks;") == std::vector<TextRow>{{"1"}});
    CHECK_FALSE(project.database().has_table("two"));
}

void check_each_step_once(const Project& project) {
    CHECK(project.applied() == std::vector{id(1), id(2), id(3)});
    CHECK(project.database().rows("SELECT step FROM marks ORDER BY step;") ==
          std::vector<TextRow>{{"1"}, {"2"}, {"3"}});
}

bool is_sleeping(const Project& project) {
    return project.database().value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
               "AND state = 'active' AND wait_event = 'PgSleep'") != "0";
}

int count_sessions(const Project& project) {
    return std::stoi(
        project.database().value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                 "AND application_name LIKE 'headgate%'"));
}

}  // namespace headgate::gate
