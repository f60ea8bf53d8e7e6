// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/database/sqlite/file_database.hpp"

using namespace headgate;
using namespace headgate::database;
using namespace headgate::database::sqlite;
using base::ErrorKind;

namespace {

base::Error error_of(auto&& act) {
    try {
        act();
    } catch (base::Error& error) {
        return std::move(error);
    }
    FAIL("no error");
    return base::Error(ErrorKind::internal, "");
}

ErrorKind connect_error(url::DatabaseUrl url, Access access = Access::read_write) {
    KeptEvents log;
    ConnectOptions options;
    options.access = access;
    return error_of([&] { driver().connect(url, options, log, {}); }).kind;
}

url::DatabaseUrl url_of(const std::filesystem::path& path) {
    url::DatabaseUrl url;
    url.path = path;
    return url;
}

// Tests may run as root, to whom nothing is forbidden.
class Unprivileged {
public:
    Unprivileged() {
        if (root_ && seteuid(65534) != 0) FAIL("cannot become another user");
    }
    ~Unprivileged() {
        if (root_ && seteuid(0) != 0) std::abort();
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;

private:
    bool root_ = geteuid() == 0;
};

}  // namespace

TEST_CASE("a database in memory is refused") {
    const std::string path = GENERATE("", ":memory:", "file::memory:");
    CHECK(connect_error(url_of(path)) == ErrorKind::bad_configuration);
    FileDatabase database;
    CHECK(connect_error(database.url({{"mode", "memory"}})) == ErrorKind::bad_configuration);
}

TEST_CASE("URL parameters that headgate cannot honour are refused") {
    FileDatabase database;
    CHECK(connect_error(database.url({{"mode", "readonly"}})) == ErrorKind::bad_configuration);
    CHECK(connect_error(database.url({{"nolock", "1"}})) == ErrorKind::bad_configuration);
    CHECK(connect_error(database.url({{"sslmode", "require"}})) == ErrorKind::bad_configuration);
}

TEST_CASE("connecting to a file that is not there makes none, whoever asks") {
    FileDatabase database;
    const auto access = GENERATE(Access::read_write, Access::read_only);
    const auto connection = database.connect(access);
    CHECK_FALSE(connection->read_ledger({}).ledger.exists());
    CHECK(connection->read_surroundings({}).tables.empty());
    CHECK_FALSE(std::filesystem::exists(database.path()));
}

TEST_CASE("a reader sees a database that was made after it connected") {
    FileDatabase database;
    const auto reader = database.connect(Access::read_only);
    CHECK_FALSE(reader->read_ledger({}).ledger.exists());
    REQUIRE(apply(*database.connect(), revision_step("r1", "")).end == StepEnd::committed);
    CHECK(reader->read_ledger({}).ledger.is_applied("r1"));
}

TEST_CASE("a reader sees the file that was put in the place of the one it had open") {
    FileDatabase database;
    REQUIRE(apply(*database.connect(), revision_step("r1", "")).end == StepEnd::committed);
    const auto reader = database.connect(Access::read_only);
    CHECK(reader->read_ledger({}).ledger.is_applied("r1"));
    std::filesystem::remove(database.path());
    REQUIRE(apply(*database.connect(), revision_step("r2", "")).end == StepEnd::committed);
    CHECK_FALSE(reader->read_ledger({}).ledger.is_applied("r1"));
    CHECK(reader->read_ledger({}).ledger.is_applied("r2"));
}

TEST_CASE("mode=rw never makes the file") {
    FileDatabase database;
    CHECK(connect_error(database.url({{"mode", "rw"}})) == ErrorKind::database_refused);
}

TEST_CASE("mode=ro and read-only access never write") {
    FileDatabase database("CREATE TABLE a (x)");
    const auto connection = GENERATE(true, false) ? database.connect(Access::read_write, {{"mode", "ro"}})
                                                  : database.connect(Access::read_only);
    const auto result = apply(*connection, "CREATE TABLE b (x)");
    REQUIRE(result.end == StepEnd::rolled_back);
    CHECK(result.error->kind == ErrorKind::access_refused);
    CHECK(result.error->code == "SQLITE_READONLY");
}

TEST_CASE("a missing folder, a folder in the file's place and another kind of file are final") {
    support::TempFolder folder;
    const auto access = GENERATE(Access::read_write, Access::read_only);
    CHECK(connect_error(url_of(folder / "no" / "app.db"), access) == ErrorKind::database_refused);
    CHECK(connect_error(url_of(folder.path()), access) == ErrorKind::database_refused);
    support::write_file(folder / "text.db", std::string(5000, 'x'));
    CHECK(connect_error(url_of(folder / "text.db"), access) == ErrorKind::database_refused);
}

TEST_CASE("an empty file is an empty database") {
    FileDatabase database;
    support::write_file(database.path(), "");
    const auto connection = database.connect();
    CHECK_FALSE(connection->read_ledger({}).ledger.exists());
    CHECK(apply(*connection, revision_step("r1", "CREATE TABLE a (x)")).end == StepEnd::committed);
}

TEST_CASE("paths with every odd character work") {
    support::TempFolder folder;
    const std::string name = GENERATE("a b.db", "a%20b.db", "a?mode=memory", "a#b", "file:x.db", "ü&=+;.db", "%");
    KeptEvents log;
    const auto connection = driver().connect(url_of(folder / name), {}, log, {});
    REQUIRE(apply(*connection, revision_step("r1", "")).end == StepEnd::committed);
    CHECK(std::filesystem::exists(folder / name));
}

TEST_CASE("what the user may not read or make is refused access") {
    FileDatabase database("CREATE TABLE a (x)");
    const auto folder = database.path().parent_path();
    chmod(folder.c_str(), 0555);
    SECTION("an unreadable file") {
        chmod(database.path().c_str(), 0);
        const Unprivileged user;
        CHECK(connect_error(database.url()) == ErrorKind::access_refused);
    }
    SECTION("a file that may only be read serves readers, and steps are refused") {
        chmod(database.path().c_str(), 0444);
        const Unprivileged user;
        const auto connection = database.connect();
        CHECK_FALSE(connection->read_ledger({}).ledger.exists());
        CHECK(apply(*connection, "CREATE TABLE b (x)").error->kind == ErrorKind::access_refused);
    }
    SECTION("a file that may be written, in a folder that may not: there is no place for a journal") {
        chmod(database.path().c_str(), 0666);
        const Unprivileged user;
        const auto result = apply(*database.connect(), "CREATE TABLE b (x)");
        REQUIRE(result.end == StepEnd::rolled_back);
        CHECK(result.error->kind == ErrorKind::access_refused);
    }
    SECTION("a folder in which nothing can be made") {
        const Unprivileged user;
        CHECK(connect_error(url_of(folder / "new.db")) == ErrorKind::access_refused);
    }
    chmod(folder.c_str(), 0755);
}

TEST_CASE("a database that somebody has locked for writing its pages is worth another try") {
    FileDatabase database("CREATE TABLE a (x)");
    const auto connection = database.connect();
    SQLite::Database other(database.path().string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    CHECK(connect_error(database.url()) == ErrorKind::unreachable);
    CHECK(error_of([&] { connection->read_ledger({}); }).kind == ErrorKind::unreachable);
    KeptProgress progress;
    const auto step = script_step("CREATE TABLE b (x)");
    CHECK(connection->apply_steps({&step, 1}, {}, progress, {}).end == StepEnd::lock_busy);
    other.exec("COMMIT");
    CHECK(apply(*connection, "CREATE TABLE b (x)").end == StepEnd::committed);
}

TEST_CASE("a ledger of a newer layout is refused, even where its columns are others") {
    FileDatabase database(
        "CREATE TABLE headgate_ledger (layout, headgate_version); INSERT INTO headgate_ledger VALUES (7, '9.1')");
    const auto error = error_of([&] { database.connect()->read_ledger({}); });
    CHECK(error.kind == ErrorKind::history_mismatch);
    CHECK(error.hint.contains("9.1"));
}

TEST_CASE("the driver says what is inside") {
    CHECK(driver().client_version().starts_with("SQLite 3."));
    FileDatabase database;
    CHECK(database.connect()->server_version() == std::string("SQLite ") + SQLite::getLibVersion());
}
