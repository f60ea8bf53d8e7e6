// SPDX-License-Identifier: Apache-2.0
// Every setting, once: its name, its default and what it means. Flags, environment variables, headgate.toml,
// `headgate config` and README's table all come from this list.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace headgate::settings {

enum class ValueKind { text, secret_url, path, duration, choice, list, command };

struct Definition {
    std::string_view name;  // of the toml key; the flag is --name-with-dashes, the variable HEADGATE_NAME
    ValueKind kind;
    std::string_view default_value;  // as a person would write it; empty: none
    std::string_view choices;        // "warn fail allow", for ValueKind::choice
    std::string_view description;    // one sentence
};

std::span<const Definition> definitions();
const Definition& definition_of(std::string_view name);  // throws Error(internal) for an unknown name

std::string flag_of(const Definition& definition);      // "--wait-timeout"
std::string variable_of(const Definition& definition);  // "HEADGATE_WAIT_TIMEOUT"

}  // namespace headgate::settings
