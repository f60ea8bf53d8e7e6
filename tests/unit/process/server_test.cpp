// SPDX-License-Identifier: Apache-2.0
#include "process/server.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

using namespace headgate;
using base::ErrorKind;

namespace {

// A folder with a program, a file that is none, and PATH set to it; all as before afterwards.
class ProgramFolder {
public:
    ProgramFolder() {
        std::ofstream(path / "server") << "#!/bin/sh\n";
        std::ofstream(path / "text") << "no program\n";
        chmod((path / "server").c_str(), 0755);
        chmod((path / "text").c_str(), 0644);
        std::filesystem::create_directory(path / "folder");
        if (const char* value = std::getenv("PATH")) inherited_ = value;
        setenv("PATH", path.c_str(), 1);
    }
    ~ProgramFolder() { setenv("PATH", inherited_.c_str(), 1); }

private:
    headgate::support::TempFolder folder_;

public:
    const std::filesystem::path path = folder_.path();

private:
    std::string inherited_;
};

ErrorKind kind_of(const std::string& program) {
    try {
        process::find_program(program);
    } catch (const base::Error& error) {
        return error.kind;
    }
    FAIL("found");
    return ErrorKind::internal;
}

}  // namespace

TEST_CASE("a program is found in PATH or by its path") {
    const ProgramFolder folder;
    CHECK(process::find_program("server") == folder.path / "server");
    CHECK(process::find_program((folder.path / "server").string()) == folder.path / "server");
}

TEST_CASE("what is not there and what cannot be executed are two things") {
    const ProgramFolder folder;
    CHECK(kind_of("nosuch") == ErrorKind::not_found);
    CHECK(kind_of("") == ErrorKind::not_found);
    CHECK(kind_of((folder.path / "nosuch").string()) == ErrorKind::not_found);
    CHECK(kind_of("text") == ErrorKind::not_executable);
    CHECK(kind_of((folder.path / "folder").string()) == ErrorKind::not_executable);
}
