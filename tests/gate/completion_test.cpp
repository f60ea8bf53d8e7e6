// SPDX-License-Identifier: Apache-2.0
// headgate completion: bash itself completes with what is printed.
#include <catch2/catch_test_macros.hpp>

#include "gate/project.hpp"
#include "support/shared_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

// What bash offers for the last word of the line.
std::string complete(const Project& project, const std::string& words) {
    const auto script = std::string("source <(\"$HEADGATE\" completion bash); COMP_WORDS=(") + words +
                        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _headgate; echo \"${COMPREPLY[@]}\"";
    auto program = project.headgate({});
    program.environment["HEADGATE"] = program.executable;
    program.executable = "bash";
    program.arguments = {"--norc", "-c", script};
    return require_output(program);
}

}  // namespace

TEST_CASE("bash completes commands, their options, the settings and targets, and leaves the server's words alone") {
    if (!find_in_path("bash")) skip_or_fail("bash is not installed");
    const Project project(Kind::sqlite);
    CHECK(complete(project, "headgate up") == "upgrade\n");
    CHECK(complete(project, "headgate history --gr") == "--graph\n");
    CHECK(complete(project, "headgate stamp --pu") == "--purge\n");
    CHECK(complete(project, "headgate upgrade --pu") == "\n");
    CHECK(complete(project, "headgate upgrade --database-u") == "--database-url\n");
    CHECK(complete(project, "headgate --log-format text upgrade h") == "head heads\n");
    CHECK(complete(project, "headgate run -- up") == "\n");
}

TEST_CASE("completion knows bash, zsh and fish") {
    const Project project(Kind::sqlite);
    CHECK(project.run({"completion", "zsh"})
              .out.starts_with("autoload -U +X bashcompinit && bashcompinit\n_headgate() {"));
    const auto fish = project.run({"completion", "fish"}).out;
    CHECK(fish.contains("complete -c headgate -f -n __fish_use_subcommand -a upgrade -d '"));
    CHECK(fish.contains("complete -c headgate -n '__fish_seen_subcommand_from history' -l graph -d '"));
    CHECK(fish.contains(
        "complete -c headgate -n '__fish_seen_subcommand_from run' -l init -d 'stay as the server\\'s init"));
    const auto other = project.run({"completion", "cmd"});
    CHECK(other.exit_code == 64);
    CHECK(other.err.contains("bash, zsh, fish"));
}
