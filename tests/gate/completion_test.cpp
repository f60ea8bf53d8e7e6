// SPDX-License-Identifier: Apache-2.0
// headgate completion: the shells themselves complete with what is printed.
#include <catch2/catch_test_macros.hpp>

#include "gate/project.hpp"
#include "support/shared_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

std::string ask_shell(const Project& project, const std::string& shell, std::vector<std::string> arguments) {
    auto program = project.headgate({});
    program.environment["HEADGATE"] = program.executable;
    program.executable = shell;
    program.arguments = std::move(arguments);
    return require_output(program);
}

// What bash offers for the last word of the line.
std::string complete(const Project& project, const std::string& words) {
    const auto script = std::string("source <(\"$HEADGATE\" completion bash); COMP_WORDS=(") + words +
                        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _headgate; echo \"${COMPREPLY[@]}\"";
    return ask_shell(project, "bash", {"--norc", "-c", script});
}

// What fish offers, without what it says about each.
std::string complete_in_fish(const Project& project, const std::string& line) {
    const auto script =
        "\"$HEADGATE\" completion fish | source; complete -C '" + line + "' | string replace -r '\\t.*' ''; true";
    return ask_shell(project, "fish", {"--no-config", "-c", script});
}

// The line that a person has in zsh after Tab: an interactive one on a terminal of its own, asked with a key for it.
std::string complete_in_zsh(const Project& project, const std::string& line) {
    const auto script = R"(zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit && compinit -u -D && source <("$HEADGATE" completion zsh)
show() { print -r -- "<$BUFFER>" }
zle -N show
bindkey "^X" show
print READ""Y'
zpty -r shell out '*READY*'
zpty -w -n shell ")" + line +
                        R"("$'\t\x18'
zpty -r shell out '*<*>*'
print -r -- "${${out##*<}%%>*}"
)";
    return ask_shell(project, "zsh", {"-f", "-c", script});
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

TEST_CASE("zsh completes commands, their options and targets") {
    if (!find_in_path("zsh")) skip_or_fail("zsh is not installed");
    const Project project(Kind::sqlite);
    CHECK(complete_in_zsh(project, "headgate upg") == "headgate upgrade \n");
    CHECK(complete_in_zsh(project, "headgate history --gr") == "headgate history --graph \n");
    CHECK(complete_in_zsh(project, "headgate --log-format text upgrade bas") ==
          "headgate --log-format text upgrade base \n");
    CHECK(complete_in_zsh(project, "headgate run -- upg") == "headgate run -- upg\n");
}

TEST_CASE("fish completes commands, their options and targets") {
    if (!find_in_path("fish")) skip_or_fail("fish is not installed");
    const Project project(Kind::sqlite);
    CHECK(complete_in_fish(project, "headgate upg") == "upgrade\n");
    CHECK(complete_in_fish(project, "headgate history --grap") == "--graph\n");
    CHECK(complete_in_fish(project, "headgate run --ini").starts_with("--init\n"));
    CHECK(complete_in_fish(project, "headgate upgrade hea") == "head\nheads\n");
    CHECK(complete_in_fish(project, "headgate upgrade --database-u") == "--database-url\n");
    CHECK(complete_in_fish(project, "headgate run -- upg").empty());
}

TEST_CASE("completion knows no other shell") {
    const Project project(Kind::sqlite);
    const auto other = project.run({"completion", "cmd"});
    CHECK(other.exit_code == 64);
    CHECK(other.err.contains("bash, zsh, fish"));
}
