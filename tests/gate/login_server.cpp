// SPDX-License-Identifier: Apache-2.0
#include "gate/login_server.hpp"

#include <format>

namespace headgate::gate {

namespace {

std::string quote(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
    return quoted + "'";
}

std::string name_of(const Database& database) {
    return database.value("SELECT current_database()");
}

}  // namespace

support::PostgresServer& login_server() {
    if (!support::PostgresServer::find_programs()) support::skip_or_fail("no PostgreSQL server is installed");
    static support::PostgresServer server([] {
        support::PostgresOptions options;
        options.authentication = support::Authentication::scram;
        return options;
    }());
    return server;
}

LoginProject::LoginProject()
    : project_(std::make_unique<Project>(make_database(login_server().address()))),
      role_("app_" + name_of(project_->database())) {
    project_->add_three_steps();
    project_->database().execute(std::format("CREATE ROLE {0} LOGIN SUPERUSER PASSWORD {1}", role_, quote(password_)));
}

void LoginProject::set_password(const std::string& password) {
    password_ = password;
    project_->database().execute(std::format("ALTER ROLE {} PASSWORD {}", role_, quote(password)));
}

std::string LoginProject::url(const std::string& password) const {
    return login_server().address().with_login(role_, password).url(name_of(project_->database()));
}

Program LoginProject::headgate(std::vector<std::string> arguments,
                               std::map<std::string, std::string> environment) const {
    auto program = project_->headgate(std::move(arguments));
    program.environment.erase("DATABASE_URL");
    for (auto& [name, value] : environment) program.environment[name] = std::move(value);
    return program;
}

}  // namespace headgate::gate
