// SPDX-License-Identifier: Apache-2.0
// Where Kubernetes looks for the cause of a container's end. Each case has a /dev of its own, in a mount namespace
// that ends with the program.
#include <algorithm>
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <unistd.h>

#include "gate/project.hpp"
#include "support/secret_watch.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// $0 is a folder for the new /dev, $1 the file that shall be /dev/termination-log, $2 how it is mounted; then the
// program.
constexpr auto script = R"(
set -e
mount -t tmpfs tmpfs "$0"
for device in null zero random urandom full; do touch "$0/$device"; mount --bind "/dev/$device" "$0/$device"; done
case "$2" in
    absent) ;;
    folder) mkdir "$0/termination-log" ;;
    link) ln -s "$1" "$0/termination-log" ;;
    *) touch "$0/termination-log"; mount --bind "$1" "$0/termination-log" ;;
esac
[ "$2" != read-only ] || mount -o remount,bind,ro "$0/termination-log"
mount --rbind "$0" /dev
shift 2
exec "$@"
)";

std::vector<std::string> namespace_flags() {
    if (geteuid() == 0) return {"--mount", "--propagation", "private"};
    return {"--mount", "--map-root-user", "--propagation", "private"};
}

class Container {
public:
    Container() {
        require_program("unshare");
        auto flags = namespace_flags();
        flags.insert(flags.end(), {"mount", "-t", "tmpfs", "tmpfs", dev_.path().string()});
        const Outcome outcome = run_program({.executable = "unshare", .arguments = flags});
        if (outcome.exit_code != 0) skip_or_fail("no mount namespace can be made here: " + outcome.err);
        write_file(log(), "");
    }

    std::filesystem::path log() const { return files_ / "termination-log"; }
    std::string cause() const {
        auto text = read_file(log());
        CHECK(find_secrets(text) == std::vector<std::string>{});
        return text;
    }

    Outcome run(Program program, const std::string& mounted = "writable") const {
        auto arguments = namespace_flags();
        arguments.insert(arguments.end(), {"sh", "-c", script, dev_.path().string(), log().string(), mounted});
        arguments.push_back(program.executable);
        arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
        program.executable = "unshare";
        program.arguments = std::move(arguments);
        return run_program(program);
    }

private:
    TempFolder dev_;
    TempFolder files_;
};

void add_a_failing_step(Project& project) {
    project.add_step(1, "CREATE TABLE one (a integer);");
    project.add_step(2, "SELECT nothing\nFROM one;");
}

bool is_utf8(const std::string& text) {
    std::size_t left = 0;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (left > 0) {
            if ((code & 0xC0U) != 0x80U) return false;
            --left;
        } else if (code >= 0x80) {
            left = code >= 0xF0 ? 3 : code >= 0xE0 ? 2 : code >= 0xC0 ? 1 : 99;
            if (left == 99) return false;
        }
    }
    return left == 0;
}

}  // namespace

TEST_CASE("the cause of a failure is left for kubectl describe: what, where, what was applied, what to do") {
    const Container container;
    Project project(GENERATE(Kind::postgres, Kind::sqlite));
    add_a_failing_step(project);
    write_file(container.log(), std::string(3000, 'x'));  // of somebody before us
    Program program = project.gate();
    program.environment["HEADGATE_LOG_FORMAT"] = GENERATE(as<std::string>(), "text", "json");
    const Outcome outcome = container.run(program);
    INFO(outcome.describe());
    REQUIRE(outcome.exit_code == 79);
    const auto cause = container.cause();
    INFO(cause);
    CHECK(cause.starts_with("revision " + id(2) + " was rolled back: "));
    CHECK(cause.contains(spot(project.migrations() / (id(2) + "_step.sql"), "SELECT nothing")));
    CHECK(cause.contains("committed before it, by this run: " + id(1)));
    CHECK(cause.contains("exit: 79"));
    CHECK_FALSE(cause.contains("xxx"));
    CHECK(cause.size() <= 4096);
}

TEST_CASE("one cause for each run that fails, none for one that does not") {
    const Container container;
    Project project(Kind::sqlite);
    project.add_three_steps();
    CHECK(container.run(project.headgate({"wait", "--gate-timeout", "100ms"})).exit_code == 75);
    CHECK(container.cause().contains(id(1) + " is not applied yet"));
    write_file(container.log(), "");
    CHECK(server_started(container.run(project.gate())));
    CHECK(container.cause().empty());
    CHECK(container.run(project.headgate({"run", "--", "no-such-server"})).exit_code == 127);
    CHECK(container.cause().contains("no-such-server"));
    CHECK(container.run(project.headgate({"nonsense"})).exit_code == 64);
    CHECK(container.cause().contains("nonsense"));
}

TEST_CASE("a long cause is cut to what Kubernetes takes, and not in the middle of a character") {
    const Container container;
    Project project(Kind::sqlite);
    // Bytes before the first long character shift where 4096 falls.
    const auto shift = GENERATE(0U, 1U, 2U);
    std::string name(shift, 'x');
    for (int i = 0; i < 3000; ++i) name += "語";
    project.add_step(1, "SELECT 1 FROM \"" + name + "\";");
    const Outcome outcome = container.run(project.gate());
    REQUIRE(outcome.exit_code == 79);
    const auto cause = container.cause();
    CHECK(cause.size() <= 4096);
    CHECK(cause.size() > 4080);
    CHECK(is_utf8(cause));
    CHECK(cause.ends_with("…"));
}

TEST_CASE("no password is left there") {
    const Container container;
    const Project project(Kind::postgres);
    Program program = project.gate();
    SECTION("wrong password or nobody there") {
        program.environment["DATABASE_URL"] =
            std::format("postgresql://me:Secr3t%40w0rd@127.0.0.1:{}/db", find_free_port());
        program.environment["HEADGATE_WAIT_TIMEOUT"] = "300ms";
        CHECK(container.run(program).exit_code == 124);
    }
    SECTION("a URL that cannot be read") {
        program.environment["DATABASE_URL"] = "postgresql://me:Secr3t@w0rd@[::1/db?sslmode=no";
        CHECK(container.run(program).exit_code == 78);
    }
    INFO(container.cause());
    CHECK(container.cause().contains("exit: "));
    CHECK_FALSE(container.cause().contains("Secr3t"));
    CHECK_FALSE(container.cause().contains("w0rd"));
}

TEST_CASE("a place that is absent, read-only, a folder or a link to elsewhere changes nothing else") {
    const Container container;
    Project project(Kind::sqlite);
    add_a_failing_step(project);
    const std::string mounted = GENERATE(as<std::string>(), "absent", "read-only", "folder", "link");
    Program program = project.gate();
    program.environment["HEADGATE_LOG_FORMAT"] = "json";
    const Outcome outcome = container.run(program, mounted);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 79);
    const std::string failed = R"("event":"failed")";
    const auto first = outcome.err.find(failed);
    REQUIRE(first != std::string::npos);
    CHECK(outcome.err.find(failed, first + 1) == std::string::npos);
    CHECK_FALSE(outcome.err.contains("termination-log"));
    CHECK(container.cause().empty());
}
