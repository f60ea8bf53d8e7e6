// SPDX-License-Identifier: Apache-2.0
#include "plan/target.hpp"

#include <charconv>
#include <format>

#include "base/error.hpp"

namespace headgate::plan {

namespace {

using base::Error;
using base::ErrorKind;

constexpr int most_steps = 1'000'000;

Error no_target_error(std::string_view whole) {
    return Error(ErrorKind::usage, std::format("\"{}\" is no target", whole))
        .with_hint(
            "a target is head, heads, base, a revision id or its first characters, a branch label, +N, -N, ID+N or "
            "ID-N; LABEL@ may stand before each");
}

int parse_steps(std::string_view digits, std::string_view whole) {
    int steps = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), steps);
    const bool is_whole = end == digits.data() + digits.size();
    if (failed != std::errc() || digits.starts_with('-') || !is_whole || steps > most_steps) {
        throw no_target_error(whole);
    }
    return steps;
}

// What stands before "@" is taken off `text`.
std::string cut_branch(std::string_view& text, std::string_view whole) {
    const auto at = text.find('@');
    if (at == std::string_view::npos) return {};
    const std::string branch(text.substr(0, at));
    text.remove_prefix(at + 1);
    if (branch.empty() || branch.find_first_of("+-") != std::string::npos || text.empty() || text.contains('@')) {
        throw no_target_error(whole);
    }
    return branch;
}

std::optional<Target> parse_end(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return parse_target(text);
}

}  // namespace

std::string Target::render() const {
    const auto place = branch.empty() ? symbol : branch + "@" + symbol;
    return steps == 0 ? place : std::format("{}{:+}", place, steps);
}

Target parse_target(std::string_view text) {
    if (text.empty())
        throw Error(ErrorKind::usage, "the target is empty").with_hint("give head, base or a revision id");
    if (is_range(text)) {
        throw Error(ErrorKind::usage, std::format("\"{}\" is a range, and one target is wanted", text))
            .with_hint("ranges go with --sql, and with history -r");
    }
    auto rest = text;
    Target target;
    target.branch = cut_branch(rest, text);
    const auto sign = rest.find_first_of("+-");
    target.symbol = rest.substr(0, sign);
    if (sign == std::string_view::npos) return target;
    const int steps = parse_steps(rest.substr(sign + 1), text);
    target.steps = rest[sign] == '-' ? -steps : steps;
    return target;
}

std::string Range::render() const {
    return (from ? from->render() : "") + ":" + (to ? to->render() : "");
}

bool is_range(std::string_view text) {
    return text.contains(':');
}

Range parse_range(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.substr(colon + 1).contains(':')) {
        throw Error(ErrorKind::usage, std::format("\"{}\" is no range", text)).with_hint("a range is FROM:TO");
    }
    return {parse_end(text.substr(0, colon)), parse_end(text.substr(colon + 1))};
}

}  // namespace headgate::plan
