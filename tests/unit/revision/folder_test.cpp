// SPDX-License-Identifier: Apache-2.0
#include "revision/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "parsing.hpp"

namespace headgate::revision {

using namespace testing;
namespace fs = std::filesystem;

namespace {

std::string revision_text(std::string_view id, std::string_view parent = "") {
    const std::string line = parent.empty() ? "" : std::format("-- down_revision = \"{}\"\n", parent);
    return std::format("-- headgate:revision\n-- revision = \"{}\"\n{}\n-- headgate:upgrade\nSELECT 1;\n", id, line);
}

Lines ids_in(const Folder& folder) {
    Lines ids;
    for (const Revision& revision : read_folder(folder.path(), DialectId::sqlite)) ids.push_back(revision.id);
    return ids;
}

// "file:line: message", the file without its folder.
Lines faults_in(const Folder& folder) {
    try {
        read_folder(folder.path(), DialectId::sqlite);
    } catch (const base::Error& error) {
        CHECK(error.kind == base::ErrorKind::bad_revisions);
        Lines lines;
        for (const base::Problem& problem : error.problems) {
            lines.push_back(std::format("{}:{}: {}",
                                        fs::path(problem.spot.file).lexically_relative(folder.path()).string(),
                                        problem.spot.line, problem.message));
        }
        return lines;
    }
    return {};
}

// Root may read everything: such a test gives its rights away while it runs.
class Unprivileged {
public:
    explicit Unprivileged(const fs::path& folder) : user_(::geteuid()) {
        fs::permissions(folder, fs::perms(0755));
        if (user_ == 0) REQUIRE(::seteuid(65534) == 0);
    }
    ~Unprivileged() {
        if (user_ == 0) static_cast<void>(::seteuid(user_) == 0);
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;

private:
    uid_t user_;
};

base::ErrorKind error_kind_of(const fs::path& path) {
    try {
        read_folder(path, DialectId::sqlite);
    } catch (const base::Error& error) {
        return error.kind;
    }
    return base::ErrorKind::internal;
}

}  // namespace

TEST_CASE("a folder gives its revisions sorted by path, those of subfolders too") {
    const Folder folder;
    folder.write("b.sql", revision_text("b", "a"));
    folder.write("a.sql", revision_text("a"));
    folder.write("a/z.sql", revision_text("c", "b"));
    folder.write("README.md", "no revision");
    CHECK(ids_in(folder) == Lines{"a", "c", "b"});
}

TEST_CASE("a long history comes in the order of its paths, its faults too") {
    const Folder folder;
    Lines wanted;
    for (int number = 1000; number < 2200; ++number) {
        wanted.push_back(std::format("r{}", number));
        folder.write(wanted.back() + ".sql", revision_text(wanted.back()));
    }
    CHECK(ids_in(folder) == wanted);
    folder.write("r1001.sql", "");
    folder.write("r2100.sql", "");
    CHECK(faults_in(folder) ==
          Lines{"r1001.sql:1: the file has no headgate header", "r2100.sql:1: the file has no headgate header"});
}

TEST_CASE("a file of several megabytes is a revision like any other") {
    const Folder folder;
    std::string text = revision_text("big");
    while (text.size() < 3'000'000) text += "INSERT INTO t VALUES (1, 'some text; and more');\n";
    folder.write("big.sql", text);
    CHECK(read_folder(folder.path(), DialectId::sqlite).front().upgrade.size + 100 > text.size());
}

TEST_CASE("an empty folder is an empty history") {
    const Folder folder;
    CHECK(ids_in(folder) == Lines{});
}

TEST_CASE("no folder is an error of its own") {
    const Folder folder;
    CHECK(error_kind_of(folder.path() / "missing") == base::ErrorKind::no_migrations);
    CHECK(error_kind_of(folder.write("file", "")) == base::ErrorKind::no_migrations);
}

TEST_CASE("hidden files and folders are not looked at") {
    const Folder folder;
    folder.write(".a.sql", "nonsense");
    folder.write("..2026/a.sql", revision_text("a"));
    fs::create_symlink("..2026/a.sql", folder.path() / "a.sql");
    CHECK(ids_in(folder) == Lines{"a"});
}

TEST_CASE("an extension in capital letters counts") {
    const Folder folder;
    folder.write("a.SQL", revision_text("a"));
    CHECK(ids_in(folder) == Lines{"a"});
}

TEST_CASE("a folder, a pipe or a dangling link named like a revision are errors") {
    const Folder folder;
    fs::create_directory(folder.path() / "a.sql");
    REQUIRE(::mkfifo((folder.path() / "b.sql").c_str(), 0600) == 0);
    fs::create_symlink("nowhere", folder.path() / "c.sql");
    CHECK(faults_in(folder) == Lines{"a.sql:0: a folder is named like a revision file",
                                     "b.sql:0: the file is not a regular file",
                                     "c.sql:0: the file is a symbolic link to a file that is not there"});
}

TEST_CASE("a file that may not be read is an error") {
    const Folder folder;
    fs::permissions(folder.write("a.sql", revision_text("a")), fs::perms::none);
    const Unprivileged unprivileged(folder.path());
    CHECK(faults_in(folder) == Lines{"a.sql:0: the file cannot be read: Permission denied"});
}

TEST_CASE("a folder that may not be read is no migrations folder, a subfolder is a fault") {
    const Folder folder;
    folder.write("in/a.sql", revision_text("a"));
    fs::permissions(folder.path() / "in", fs::perms::none);
    const Unprivileged unprivileged(folder.path());
    CHECK(error_kind_of(folder.path() / "in") == base::ErrorKind::no_migrations);
    CHECK(faults_in(folder) == Lines{"in:0: the folder cannot be read: Permission denied"});
}

TEST_CASE("a link back to its own folder is an error, not an endless walk") {
    const Folder folder;
    folder.write("in/a.sql", revision_text("a"));
    fs::create_symlink("..", folder.path() / "in/up");
    CHECK(faults_in(folder) == Lines{"in/up:0: the link leads back to a folder that it is in"});
}

TEST_CASE("the faults of all files are reported together, those of the graph with them") {
    const Folder folder;
    folder.write("a.sql", revision_text("a", "zz"));
    folder.write("b.sql", revision_text("b") + "-- headgate:downgrad\n");
    folder.write("c.sql", revision_text("b") + "COMMIT;\n");
    CHECK(faults_in(folder) ==
          Lines{"b.sql:6: \"headgate:downgrad\" is no marker of headgate",
                "c.sql:6: COMMIT would end the transaction that the step is",
                std::format("c.sql:2: revision b is in {} already", (folder.path() / "b.sql").string()),
                "a.sql:3: down_revision zz of revision a is in no file"});
}

TEST_CASE("a parent is not reported as missing where a file could not be read") {
    const Folder folder;
    folder.write("a.sql", "SELECT 1;");
    folder.write("b.sql", revision_text("b", "a"));
    CHECK(faults_in(folder) == Lines{"a.sql:1: the file has no headgate header"});
}

}  // namespace headgate::revision
