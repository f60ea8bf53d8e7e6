// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL that asks for passwords, and an application's role in it whose password a case can change.
#pragma once

#include <memory>
#include <string>

#include "gate/project.hpp"

namespace headgate::gate {

// One for all cases of this process; its roles end with it.
support::PostgresServer& login_server();

// A project with three steps on a database of that server, and a role that may do everything in it.
class LoginProject {
public:
    LoginProject();

    Project& project() { return *project_; }
    const std::string& role() const { return role_; }
    const std::string& password() const { return password_; }
    void set_password(const std::string& password);

    // The role's URL; without a password where that is empty.
    std::string url(const std::string& password) const;
    std::filesystem::path folder() const { return project_->folder(); }
    // headgate, with these variables and without DATABASE_URL.
    Program headgate(std::vector<std::string> arguments, std::map<std::string, std::string> environment) const;

private:
    std::unique_ptr<Project> project_;
    std::string role_;
    std::string password_ = support::make_password();
};

}  // namespace headgate::gate
