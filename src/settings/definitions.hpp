// SPDX-License-Identifier: Apache-2.0
// Every setting, once: its name, its default and what it means. Flags, environment variables, headgate.toml,
// `headgate config` and README's table all come from this list.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headgate::settings {

enum class ValueKind { text, secret_url, path, duration, choice, list, command };

struct Definition {
    std::string_view name;  // of the toml key, "table.key" in a table of its own; the flag is --name-with-dashes, the
                            // variable HEADGATE_NAME
    ValueKind kind;
    std::string_view default_value;  // as a person would write it; empty: none
    std::string_view choices;        // "warn|fail|allow", for ValueKind::choice
    std::string_view description;    // one sentence
};

std::span<const Definition> definitions();
const Definition& definition_of(std::string_view name);  // throws Error(internal) for an unknown name

std::string flag_of(const Definition& definition);      // "--wait-timeout"
std::string variable_of(const Definition& definition);  // "HEADGATE_WAIT_TIMEOUT"

// One of a setting's own, or with _FILE after it; DATABASE_URL is the server's too.
bool is_headgate_variable(std::string_view name);

// The variable of a setting that `name` is probably a mistyped form of. Not every HEADGATE_… is one: for a service that
// is called headgate, Kubernetes makes HEADGATE_PORT and its like.
std::optional<std::string> find_similar_variable(std::string_view name);

}  // namespace headgate::settings
