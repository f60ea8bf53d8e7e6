// SPDX-License-Identifier: Apache-2.0
// docs/events.md is the catalogue of the JSON log: every event and field that the source can write is there, and
// nothing else is.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>

#include "architecture/source_files.hpp"
#include "support/event_catalogue.hpp"

using namespace headgate::architecture;
using headgate::support::CataloguedEvent;
using headgate::support::read_event_catalogue;

namespace {

constexpr std::string_view event_variable = "Event event";

// The end of the string literal that begins at `at`.
std::size_t skip_literal(const std::string& text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
    }
    return at;
}

// What stands between the braces of an initializer that begins at `open`, cut at its own commas.
std::vector<std::string> elements_of(const std::string& text, std::size_t open) {
    std::vector<std::string> elements(1);
    int depth = 0;
    for (std::size_t at = open; at < text.size(); ++at) {
        const char c = text[at];
        const auto start = at;
        if (c == '"') at = skip_literal(text, at);
        if (c == '{' || c == '(') ++depth;
        if (c == '}' || c == ')') --depth;
        if (depth == 0) break;
        if (c == ',' && depth == 1) {
            elements.emplace_back();
        } else if (at != open) {
            elements.back() += text.substr(start, at + 1 - start);
        }
    }
    return elements;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \n", at), text.size());
}

// The names that stand right after `prefix`, and before `suffix`.
std::set<std::string> names_after(std::string_view text, std::string_view prefix, std::string_view suffix = "") {
    std::set<std::string> found;
    for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
        const auto rest = text.substr(at + prefix.size());
        const auto size = std::min(rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), rest.size());
        if (size > 0 && rest.substr(size).starts_with(suffix)) found.emplace(rest.substr(0, size));
    }
    return found;
}

// Fields that are added to an event after it was made.
std::set<std::string> added_fields(const std::string& text) {
    auto fields = names_after(text, "emplace_back(\"", "\"");
    fields.merge(names_after(text, " add(\"", "\""));
    return fields;
}

// An event is an initializer {level, name, sentence, fields}. Where the level is the caller's, every level counts.
void collect(const SourceFile& file, std::string_view start, std::map<std::string, CataloguedEvent>& events) {
    const auto& text = file.text;
    for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
        const auto open = skip_space(text, at + start.size());
        if (open == text.size() || text[open] != '{') continue;
        const auto elements = elements_of(text, open);
        INFO(file.path.generic_string());
        REQUIRE(elements.size() == 4);
        auto levels = names_after(elements[0], "Level::");
        if (levels.empty()) levels = names_after(text, "Level::");
        auto fields = names_after(elements[3], "{\"", "\"");
        if (start == event_variable) fields.merge(added_fields(text));
        for (const auto& name : names_after(elements[1], "\"", "\"")) {
            events[name].levels.insert(levels.begin(), levels.end());
            for (const auto& field : fields) events[name].fields.emplace(field, "");
        }
    }
}

std::map<std::string, CataloguedEvent> events_of_the_source() {
    std::map<std::string, CataloguedEvent> events;
    for (const auto& file : read_code({"src", "entrypoint"})) {
        collect(file, "write(", events);
        collect(file, event_variable, events);
    }
    return events;
}

std::set<std::string> names_of(const auto& map) {
    std::set<std::string> names;
    for (const auto& [name, ignored] : map) names.insert(name);
    return names;
}

}  // namespace

TEST_CASE("docs/events.md names every event that the source can write, with its levels and fields, and no other") {
    const auto written = events_of_the_source();
    const auto documented = read_event_catalogue().events;
    CHECK(names_of(documented) == names_of(written));
    for (const auto& [name, event] : written) {
        if (!documented.contains(name)) continue;
        INFO(name);
        CHECK(documented.at(name).levels == event.levels);
        CHECK(names_of(documented.at(name).fields) == names_of(event.fields));
    }
}

TEST_CASE("the source is really searched for events") {
    const auto written = events_of_the_source();
    CHECK(written.size() > 20);
    CHECK(written.at("step_applied").fields.contains("duration_ms"));
    CHECK(written.at("failed").fields.contains("hint"));
    CHECK(written.at("server_notice").levels == std::set<std::string>{"debug", "warning"});
}
