// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/step_variables.hpp"

#include <algorithm>
#include <format>

#include "base/error.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || byte == '_';
}

// As PostgreSQL wants the second part of a setting's name; it does not tell large letters from small ones.
bool is_key(std::string_view text) {
    const auto fits = [](char byte) { return is_letter(byte) || (byte >= '0' && byte <= '9'); };
    return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, fits);
}

void add(std::map<std::string, std::string>& variables, const std::string& given) {
    const auto equals = std::min(given.find('='), given.size());
    const auto key = given.substr(0, equals);
    if (equals == given.size() || !is_key(key)) {
        throw Error(ErrorKind::usage, std::format("-x takes KEY=VALUE, not \"{}\"", key))
            .with_hint("a key is made of small letters, digits and _");
    }
    if (!variables.emplace(key, given.substr(equals + 1)).second)
        throw Error(ErrorKind::usage, std::format("-x {} is given twice", key));
}

}  // namespace

std::map<std::string, std::string> read_step_variables(const Arguments& arguments, base::DialectId dialect) {
    std::map<std::string, std::string> variables;
    for (const auto& given : arguments.all("x")) add(variables, given);
    if (!variables.empty() && dialect != base::DialectId::postgresql) {
        throw Error(ErrorKind::usage, std::format("-x is for PostgreSQL: SQL of {} cannot read it",
                                                  dialect == base::DialectId::sqlite ? "SQLite" : name_of(dialect)))
            .with_hint("keep such values in a table that the steps read");
    }
    return variables;
}

}  // namespace headgate::entrypoint
