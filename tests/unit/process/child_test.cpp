// SPDX-License-Identifier: Apache-2.0
#include "process/child.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "process/server.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

using namespace headgate;
using namespace headgate::process;
using namespace std::chrono_literals;

namespace {

ChildResult run(std::vector<std::string> arguments, base::Stop stop) {
    return run_child({std::move(arguments), current_environment()}, stop);
}

}  // namespace

TEST_CASE("A child that writes without end is ended at the deadline") {
    constexpr std::size_t all = 256UL << 20U;
    const auto result =
        run({"sh", "-c", "head -c 128M /dev/zero & head -c 128M /dev/zero; wait; sleep 60"}, base::Stop().within(1ms));
    CHECK(result.end == ChildEnd::out_of_time);
    CHECK(result.out.size() < all);
}

TEST_CASE("All that a child wrote before its end is there") {
    const auto result = run({"sh", "-c", "head -c 3000000 /dev/zero"}, base::Stop().within(60s));
    CHECK(result.end == ChildEnd::exited);
    CHECK(result.out.size() == 3'000'000);
}

TEST_CASE("A program that cannot be executed leaves no zombie, and no copy of us that ends as we would") {
    const support::TempFolder folder;
    static const auto mark = folder / "a copy ended";
    static const auto we = getpid();
    REQUIRE(std::atexit([] {
                if (getpid() != we) std::ofstream(mark) << getpid();
            }) == 0);
    const auto program = folder / "program";
    support::write_file(program, "#!/no/such/interpreter\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    CHECK_THROWS_AS(run({program.string()}, base::Stop()), base::Error);
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    CHECK_FALSE(std::filesystem::exists(mark));
}
