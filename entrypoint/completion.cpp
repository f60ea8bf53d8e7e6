// SPDX-License-Identifier: Apache-2.0
// headgate completion SHELL: what a shell needs to complete headgate's commands and options, from the same table as
// --help.
#include <format>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/table.hpp"
#include "settings/definitions.hpp"

namespace headgate::entrypoint {

namespace {

constexpr auto places = " head heads base";

std::string setting_flags() {
    std::string flags = "--help --config -x";
    for (const auto& definition : settings::definitions()) flags += " " + settings::flag_of(definition);
    return flags;
}

std::string words_of(const Command& command) {
    std::string words;
    for (const auto& option : command.options) {
        for (const auto flag : base::split_at(option.flags, ',')) words += std::format("{} ", flag);
    }
    return words + (command.positional.count == Positional::Count::none ? "" : places);
}

std::string names_joined(std::string_view separator) {
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    return base::join(names, separator);
}

// What is behind "--" is the server's. zsh runs this too, where $words is its own, and "${a[@]:1:COUNT}" wants no name.
std::string render_bash() {
    std::string cases = std::format("        '') offered='--version help {}' ;;\n", names_joined(" "));
    for (const auto& command : commands())
        cases += std::format("        {}) offered='{}' ;;\n", command.name, words_of(command));
    return "_headgate() {\n"
           "    local word command= offered=\n"
           "    COMPREPLY=()\n"
           "    for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}\"; do\n"
           "        [ \"$word\" = -- ] && return\n"
           "        [ -n \"$command\" ] && continue\n"
           "        case $word in " +
           names_joined("|") +
           ") command=$word ;; esac\n"
           "    done\n"
           "    case $command in\n" +
           cases +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$offered " +
           setting_flags() +
           "\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "}\n"
           "complete -o default -F _headgate headgate\n";
}

std::string quote_fish(std::string_view text) {
    std::string quoted = "'";
    for (const char byte : text)
        quoted += byte == '\'' || byte == '\\' ? std::string{'\\', byte} : std::string(1, byte);
    return quoted + "'";
}

std::string render_fish_option(const Command& command, const Option& option) {
    std::string line = std::format("complete -c headgate -n '__fish_seen_subcommand_from {}'", command.name);
    for (const auto flag : base::split_at(option.flags, ',')) {
        const bool is_long = flag.starts_with("--");
        line += std::format(" {} {}", is_long ? "-l" : "-s", flag.substr(is_long ? 2 : 1));
    }
    return line + std::format("{} -d {}\n", option.value.empty() ? "" : " -r", quote_fish(option.help));
}

std::string render_fish() {
    std::string text;
    for (const auto& command : commands()) {
        text += std::format("complete -c headgate -f -n __fish_use_subcommand -a {} -d {}\n", command.name,
                            quote_fish(command.summary));
        if (command.positional.count != Positional::Count::none)
            text += std::format("complete -c headgate -n '__fish_seen_subcommand_from {}' -a '{}'\n", command.name,
                                base::trim(places));
        for (const auto& option : command.options) text += render_fish_option(command, option);
    }
    for (const auto& definition : settings::definitions()) {
        text += std::format("complete -c headgate -l {} -r -d {}\n", settings::flag_of(definition).substr(2),
                            quote_fish(definition.description));
    }
    return text;
}

Outcome completion(const Context& context) {
    const auto& shell = context.arguments.positionals.front();
    if (shell == "bash") {
        print_line(base::trim(render_bash()));
    } else if (shell == "zsh") {
        print_line("autoload -U +X bashcompinit && bashcompinit\n" + std::string(base::trim(render_bash())));
    } else if (shell == "fish") {
        print_line(base::trim(render_fish()));
    } else {
        throw base::Error(base::ErrorKind::usage, std::format("there is no completion for \"{}\"", shell))
            .with_hint("bash, zsh, fish");
    }
    return ExitCode::done;
}

}  // namespace

const Command completion_command{
    .name = "completion",
    .summary = "print what a shell needs to complete headgate's commands",
    .options = {},
    .positional = {Positional::Count::one, "shell", "bash, zsh or fish"},
    .takes = Takes::no_server,
    .run = completion,
};

}  // namespace headgate::entrypoint
