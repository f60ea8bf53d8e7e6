// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/manual.hpp"

#include <format>
#include <string_view>

#include "entrypoint/exit_code.hpp"
#include "entrypoint/version.hpp"
#include "settings/definitions.hpp"

namespace headgate::entrypoint {

namespace {

// A hyphen that can be copied, no request of roff's, no escape.
std::string escape(std::string_view text) {
    std::string escaped;
    for (const char byte : text) escaped += byte == '\\' ? "\\e" : byte == '-' ? "\\-" : std::string(1, byte);
    return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

std::string entry(std::string_view name, std::string_view text) {
    return std::format(".TP\n.B {}\n{}\n", escape(name), escape(text));
}

std::string render(const Command& command) {
    auto text = entry(render_usage(command), command.summary);
    if (command.options.empty()) return text;
    text += ".RS\n";
    for (const auto& option : command.options)
        text += entry(std::format("{}{}{}", option.flags, option.value.empty() ? "" : " ", option.value), option.help);
    return text + ".RE\n";
}

std::string describe(const settings::Definition& definition) {
    std::string text(definition.description);
    if (!definition.choices.empty()) text += std::format(" One of {}.", definition.choices);
    if (!definition.default_value.empty()) text += std::format(" Default: {}.", definition.default_value);
    return text;
}

}  // namespace

std::string render_usage(const Command& command) {
    using enum Positional::Count;
    auto usage = std::format("headgate {} [OPTIONS]", command.name);
    const auto& positional = command.positional;
    if (positional.count == optional) usage += std::format(" [{}]", positional.name);
    if (positional.count == one) usage += std::format(" {}", positional.name);
    if (positional.count == many) usage += std::format(" {}...", positional.name);
    if (positional.count == any) usage += std::format(" [{}...]", positional.name);
    return command.takes == Takes::server ? usage + " -- SERVER [ARGUMENTS...]" : usage;
}

std::string render_manual() {
    auto text = std::format(
        ".TH HEADGATE 1 \"\" \"headgate {}\"\n.SH NAME\nheadgate \\- open the gate to a server when its database is at "
        "head\n.SH SYNOPSIS\n.B headgate\n.I COMMAND\n[OPTIONS]\n.SH COMMANDS\n",
        version());
    for (const auto& command : commands()) text += render(command);
    text +=
        ".SH SETTINGS\nFlags win over environment variables, these over headgate.toml, that over the defaults.\n"
        "A duration is a whole number and ms, s, min, h or d; without a unit it means seconds.\n";
    for (const auto& definition : settings::definitions()) {
        text += entry(std::format("{}, {}", settings::flag_of(definition), settings::variable_of(definition)),
                      describe(definition));
    }
    text += ".SH EXIT STATUS\n";
    for (const auto& row : exit_code_meanings()) text += entry(row.shown, row.meaning);
    return text;
}

}  // namespace headgate::entrypoint
