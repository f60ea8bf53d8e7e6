// SPDX-License-Identifier: Apache-2.0
// A project that Alembic manages, made for one case, and Debian's own Alembic to run beside headgate.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/project.hpp"

namespace headgate::gate {

// A revision file in Python.
struct PythonRevision {
    std::string revision;
    std::string down_revision = "None";  // as Python
    std::string upgrade = "pass";        // lines of the function, without their indentation
    std::string downgrade = "pass";
    std::string top = {};  // of the module
};

class AlembicProject {
public:
    // With alembic.ini, env.py and no revisions; or a copy of examples/alembic-project. Skips or fails the test case
    // where Alembic is not installed.
    AlembicProject();
    static AlembicProject example();

    std::filesystem::path folder() const { return folder_->path(); }
    std::filesystem::path migrations() const { return folder() / "migrations"; }  // that headgate writes
    void add(const PythonRevision& revision) const;
    void write(const std::filesystem::path& name, std::string_view text) const;
    void write_env(std::string_view python) const;  // instead of the usual one

    Outcome alembic(const std::string& url, std::vector<std::string> arguments) const;
    Program headgate(const std::string& url, std::vector<std::string> arguments) const;
    Outcome run(const std::string& url, std::vector<std::string> arguments) const {
        return support::run_program(headgate(url, std::move(arguments)));
    }
    // headgate import alembic, without a database.
    Outcome import(std::vector<std::string> arguments = {"--dialect", "postgresql", "--dialect", "sqlite"}) const;
    // What is in the folder, hidden names too, sorted.
    std::vector<std::string> entries() const;
    // The only migrations file whose name holds the id.
    std::filesystem::path file_of(std::string_view id) const;

private:
    std::shared_ptr<support::TempFolder> folder_;
};

}  // namespace headgate::gate
