// SPDX-License-Identifier: Apache-2.0
// ADO.NET strings, and the variables in which App Service hands connection strings to a container.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/project.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// The project's own database as .NET writes it; the shared server asks for no password, and is given one.
std::string ado_net(const Project& project, const std::string& server_key = "Host") {
    const auto& server = shared_server();
    return std::format("{}={};Port={};Database={};User Id={};Password=\"{}\";Ssl Mode=Prefer;Pooling=true", server_key,
                       server.host, server.port, project.database().value("SELECT current_database()"), server.user,
                       server.password.empty() ? "hg00aabbccdd;\"\"'" : server.password);
}

Program with(const Project& project, std::vector<std::string> arguments,
             std::map<std::string, std::string> environment) {
    auto program = project.headgate(std::move(arguments));
    program.environment.erase("DATABASE_URL");
    for (auto& [name, value] : environment) program.environment[name] = std::move(value);
    return program;
}

}  // namespace

TEST_CASE("an ADO.NET string names a PostgreSQL database, as DATABASE_URL and as App Service's variable") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const std::string variable =
        GENERATE("DATABASE_URL", "HEADGATE_DATABASE_URL", "POSTGRESQLCONNSTR_Main", "CUSTOMCONNSTR_Main");
    const std::string key = GENERATE("Host", "Server");
    const Outcome outcome = run_program(with(project, {"upgrade"}, {{variable, ado_net(project, key)}}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(project.applied().size() == 3);
    const Outcome config = run_program(with(project, {"config"}, {{variable, ado_net(project, key)}}));
    INFO(config.describe());
    CHECK(config.exit_code == 0);
    CHECK(config.out.contains(variable));
    CHECK(config.out.contains("***"));
    CHECK_FALSE(config.out.contains("aabbccdd"));
}

TEST_CASE("of several connection strings one is chosen by name, and none by chance") {
    Project project(Kind::postgres);
    project.add_three_steps();
    const std::map<std::string, std::string> several = {{"POSTGRESQLCONNSTR_Main", ado_net(project)},
                                                        {"CUSTOMCONNSTR_Cache", "redis:6380,password=hg00cache99"},
                                                        {"SQLAZURECONNSTR_Old", "Server=tcp:h,1433;Database=d"}};
    const Outcome unclear = run_program(with(project, {"run", "--", "/bin/true"}, several));
    INFO(unclear.describe());
    CHECK(unclear.exit_code == 78);
    CHECK(unclear.err.contains("CUSTOMCONNSTR_Cache, POSTGRESQLCONNSTR_Main, SQLAZURECONNSTR_Old"));
    CHECK(unclear.err.contains("HEADGATE_CONNECTION_STRING_NAME"));
    auto chosen = several;
    chosen["HEADGATE_CONNECTION_STRING_NAME"] = GENERATE("Main", "main", "POSTGRESQLCONNSTR_Main");
    const Outcome clear = run_program(with(project, {"upgrade"}, chosen));
    INFO(clear.describe());
    CHECK(clear.exit_code == 0);
    CHECK(project.applied().size() == 3);
    chosen["HEADGATE_CONNECTION_STRING_NAME"] = "Other";
    const Outcome other = run_program(with(project, {"upgrade"}, chosen));
    CHECK(other.exit_code == 78);
    CHECK(other.err.contains("no connection string is named \"Other\""));
    chosen["HEADGATE_CONNECTION_STRING_NAME"] = "Host=h;Password=hg00aabbccdd";
    const Outcome pasted = run_program(with(project, {"upgrade"}, chosen));
    CHECK(pasted.exit_code == 78);
    CHECK(pasted.err.contains("not the string itself"));
}

TEST_CASE("a connection string of App Service's counts only where nothing else names the database") {
    Project project(Kind::sqlite);
    project.add_three_steps();
    const std::string variable = GENERATE("DATABASE_URL", "HEADGATE_DATABASE_URL", "headgate.toml");
    std::map<std::string, std::string> environment = {{"POSTGRESQLCONNSTR_Main", "Host=192.0.2.1;Username=nobody"},
                                                      {"CUSTOMCONNSTR_Other", "Host=192.0.2.2;Username=nobody"}};
    if (variable == "headgate.toml")
        write_file(project.folder() / variable, "database_url = \"" + project.database().url() + "\"\n");
    else
        environment[variable] = project.database().url();
    const Outcome outcome = run_program(with(project, {"upgrade"}, environment));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(project.applied().size() == 3);
}

TEST_CASE("a connection string for SQL Server is refused by name") {
    Project project(Kind::sqlite);
    const std::string variable =
        GENERATE("SQLAZURECONNSTR_Main", "SQLCONNSTR_Main", "CUSTOMCONNSTR_Main", "DATABASE_URL");
    const Outcome outcome = run_program(
        with(project, {"run", "--", "/bin/true"},
             {{variable, "Server=tcp:h.database.windows.net,1433;Initial Catalog=d;User ID=u;Password=hg00aabbccdd"}}));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 78);
    CHECK(outcome.err.contains("no driver for sqlserver"));
}
