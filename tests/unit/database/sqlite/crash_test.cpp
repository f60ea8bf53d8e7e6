// SPDX-License-Identifier: Apache-2.0
// After a writer's death, and in an image that holds nothing but the program.
#include <catch2/catch_test_macros.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/database/sqlite/file_database.hpp"

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::sqlite;

namespace {

// Dies in the middle of a transaction whose pages have reached the file already.
void die_while_writing(const std::filesystem::path& path) {
    SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE a SET x = x + 1");
    kill(getpid(), SIGKILL);
}

base::ErrorKind read_only_error(FileDatabase& database) {
    try {
        database.connect(Access::read_only);
    } catch (const base::Error& error) {
        return error.kind;
    }
    return base::ErrorKind::internal;
}

// A step that sorts more than fits into SQLite's cache, where the only folder that can be written is the database's.
int run_large_step_in_empty_root(const std::filesystem::path& root) {
    if (chroot(root.c_str()) != 0 || chdir("/") != 0 || setgid(65532) != 0 || setuid(65532) != 0) return 2;
    unsetenv("TMPDIR");
    url::DatabaseUrl url;
    url.path = "/data/app.db";
    KeptEvents log;
    const auto connection = driver().connect(url, {}, log, {});
    const auto result = apply(*connection,
                              "CREATE TABLE a (x TEXT);"
                              "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000) "
                              "INSERT INTO a SELECT hex(randomblob(50)) FROM c;"
                              "CREATE INDEX a_x ON a (x);"
                              "UPDATE a SET x = x || 'y';");
    return result.end == StepEnd::committed ? 0 : 3;
}

int status_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

}  // namespace

TEST_CASE("what a killed writer left half written is undone by the next step; until then readers wait") {
    FileDatabase database(
        "CREATE TABLE a (x, filler);"
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000) "
        "INSERT INTO a SELECT 1, zeroblob(2000) FROM c");
    const pid_t child = fork();
    if (child == 0) die_while_writing(database.path());
    REQUIRE(WIFSIGNALED(status_of(child)));
    REQUIRE(std::filesystem::exists(database.path().string() + "-journal"));
    CHECK(read_only_error(database) == base::ErrorKind::unreachable);
    REQUIRE(apply(*database.connect(), revision_step("r1", "")).end == StepEnd::committed);
    CHECK(database.value("SELECT max(x) FROM a") == "1");
    CHECK(database.connect(Access::read_only)->read_ledger({}).ledger.is_applied("r1"));
}

TEST_CASE("a large step works in an image without any folder for temporary files") {
    if (geteuid() != 0) SKIP("only root can enter another root");
    support::TempFolder root;
    std::filesystem::permissions(root.path(), std::filesystem::perms(0755));
    std::filesystem::create_directory(root / "data");
    REQUIRE(chown((root / "data").c_str(), 65532, 65532) == 0);
    const pid_t child = fork();
    if (child == 0) _exit(run_large_step_in_empty_root(root.path()));
    const int status = status_of(child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
