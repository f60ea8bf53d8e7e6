// SPDX-License-Identifier: Apache-2.0
// The guides speak of commands, options, settings and exit codes that exist, and of every exit code.
#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <ranges>
#include <set>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "entrypoint/command.hpp"
#include "entrypoint/exit_code.hpp"
#include "settings/definitions.hpp"

using namespace headgate;

namespace {

const std::filesystem::path source = HEADGATE_SOURCE_DIR;

std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

// README, the guides, and everything in examples/ but programs.
std::vector<std::filesystem::path> guides() {
    std::vector<std::filesystem::path> found = {source / "README.md"};
    for (const auto* folder : {"docs", "examples"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source / folder))
            if (std::set<std::string>{".md", ".yaml", ".yml"}.contains(entry.path().extension()))
                found.push_back(entry.path());
    return found;
}

// The longest run of `letters` from `from` on.
std::string word_at(const std::string& text, std::size_t from, std::string_view letters) {
    return text.substr(from, std::min(text.find_first_not_of(letters, from), text.size()) - from);
}

// What follows each `start` and consists of `letters`.
std::vector<std::string> words_after(const std::string& text, std::string_view start, std::string_view letters) {
    std::vector<std::string> words;
    for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at + 1))
        words.push_back(word_at(text, at + start.size(), letters));
    return words;
}

constexpr std::string_view small_letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view variable_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

// Whether a fenced block is open there.
bool is_in_block(const std::string& text, std::size_t at) {
    std::size_t fences = 0;
    for (auto fence = text.find("\n```"); fence < at; fence = text.find("\n```", fence + 1)) ++fences;
    return fences % 2 == 1;
}

// Each `headgate command …` that starts a line of a block or inline code, or stands behind a path, to its end there.
std::vector<std::string> shown_commands(const std::string& text) {
    std::vector<std::string> found;
    const std::string name = "headgate ";
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const char before = at == 0 ? '\n' : text[at - 1];
        const bool is_code = before == '`' || before == '/' || (before == '\n' && is_in_block(text, at));
        const auto from = at + name.size();
        if (is_code) found.push_back(text.substr(from, text.find_first_of("\n`", from) - from));
    }
    return found;
}

std::set<std::string> long_flags(const entrypoint::Command& command) {
    std::set<std::string> flags = {"--help"};
    for (const auto& option : command.options)
        for (const auto part : std::views::split(option.flags, ',')) flags.emplace(std::string_view(part));
    for (const auto& definition : settings::definitions()) flags.insert(settings::flag_of(definition));
    return flags;
}

// What belongs to headgate of `headgate upgrade --sql | psql --quiet -- …`.
std::string own_part(const std::string& line) {
    return line.substr(0,
                       std::min({line.size(), line.find(" | "), line.find(" -- "), line.find(" > "), line.find(" #")}));
}

}  // namespace

TEST_CASE("the operating guide has a section for every exit code, and for no other") {
    const auto text = read(source / "docs/operating.md");
    std::vector<std::string> sections;
    for (const auto& word : words_after(text, "\n### ", "0123456789+N"))
        if (!word.empty()) sections.push_back(word);
    std::vector<std::string> codes;
    for (const auto& row : entrypoint::exit_code_meanings()) codes.emplace_back(row.shown);
    CHECK(sections == codes);
}

TEST_CASE("every command and option that a guide shows exists") {
    std::size_t seen = 0;
    for (const auto& guide : guides()) {
        const auto text = read(guide);
        for (const auto& shown : shown_commands(text)) {
            CAPTURE(guide.string(), shown);
            const auto name = word_at(shown, 0, small_letters);
            if (name.empty() || name == "help") continue;  // the same as --help
            const auto found = std::ranges::find(entrypoint::commands(), name, &entrypoint::Command::name);
            REQUIRE(found != std::ranges::end(entrypoint::commands()));
            const auto flags = long_flags(*found);
            for (const auto& flag : words_after(own_part(shown), " --", std::string(small_letters) + "-"))
                CHECK(flags.contains("--" + flag));
            ++seen;
        }
    }
    CHECK(seen > 10);
}

TEST_CASE("every HEADGATE_ variable that a guide shows is a setting") {
    std::set<std::string> known;
    for (const auto& definition : settings::definitions()) known.insert(settings::variable_of(definition));
    known.insert("HEADGATE_DATABASE_URL_FILE");
    for (const auto& guide : guides()) {
        const auto text = read(guide);
        for (const auto& word : words_after(text, "HEADGATE_", variable_letters)) {
            CAPTURE(guide.string());
            if (!word.empty()) CHECK(known.contains("HEADGATE_" + word));
        }
    }
}
