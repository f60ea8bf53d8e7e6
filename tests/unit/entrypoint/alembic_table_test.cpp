// SPDX-License-Identifier: Apache-2.0
// The table of docs/alembic.md: what it says of ours is there, what it says is not there is refused, and every "same"
// names a test.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "entrypoint/command.hpp"
#include "entrypoint/invocation.hpp"

using namespace headgate;

namespace {

struct Row {
    std::string alembic;
    std::string ours;
    std::string shown_by;
    std::string verdict;
};

// "\|" is no end of a cell.
std::vector<Row> read_table() {
    std::ifstream file(HEADGATE_SOURCE_DIR "/docs/alembic.md");
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);) {
        const auto cells = base::split_at(line, '|');
        if (cells.size() != 6) continue;
        const auto cell = [&](std::size_t index) { return std::string(base::trim(cells[index])); };
        rows.push_back({cell(1), cell(2), cell(3), cell(4)});
    }
    if (rows.size() > 2) rows.erase(rows.begin(), rows.begin() + 2);
    return rows;
}

// "`heads -v`, `--resolve-dependencies`" is {"heads -v", "--resolve-dependencies"}.
std::vector<std::string> code_in(const std::string& cell) {
    std::vector<std::string> found;
    const auto parts = base::split_at(cell, '`');
    for (std::size_t index = 1; index < parts.size(); index += 2) found.emplace_back(parts[index]);
    return found;
}

const entrypoint::Command* find_command(std::string_view name) {
    const auto& all = entrypoint::commands();
    const auto found = std::ranges::find(all, name, &entrypoint::Command::name);
    return found == all.end() ? nullptr : &*found;
}

struct Mention {
    const entrypoint::Command* command = nullptr;  // null: before any command
    std::string flag;                              // empty: the command itself
};

// A flag without a command belongs to the last one.
std::vector<Mention> mentions_in(const std::string& cell) {
    std::vector<Mention> found;
    const entrypoint::Command* command = nullptr;
    for (const auto& code : code_in(cell)) {
        for (const auto word : base::split_at(code, ' ')) {
            if (const auto* named = find_command(word)) found.push_back({command = named, ""});
            if (word.starts_with('-') && word != "-N") found.push_back({command, std::string(word)});
        }
    }
    return found;
}

// A value is given too; a switch then complains of a word too many, which is not what is asked.
bool is_accepted(const Mention& mention) {
    std::vector<std::string> argv = {"headgate"};
    if (mention.command != nullptr) argv.emplace_back(mention.command->name);
    argv.push_back(mention.flag);
    argv.emplace_back("1");
    try {
        entrypoint::parse_invocation(argv);
    } catch (const base::Error& error) {
        return !error.message.contains("\"" + mention.flag + "\"");
    }
    return true;
}

}  // namespace

TEST_CASE("every command and flag that docs/alembic.md has of ours is accepted") {
    std::size_t seen = 0;
    for (const auto& row : read_table()) {
        for (const auto& mention : mentions_in(row.ours)) {
            if (mention.flag.empty()) continue;
            CAPTURE(row.ours, mention.flag);
            CHECK(is_accepted(mention));
            ++seen;
        }
    }
    CHECK(seen > 25);
}

TEST_CASE("every flag that docs/alembic.md says is not there is refused") {
    std::size_t seen = 0;
    for (const auto& row : read_table()) {
        if (!row.verdict.starts_with("not there")) continue;
        for (const auto& mention : mentions_in(row.alembic)) {
            if (mention.flag.empty()) continue;
            CAPTURE(row.alembic, mention.flag);
            CHECK_FALSE(is_accepted(mention));
            ++seen;
        }
        for (const auto& code : code_in(row.alembic)) CHECK(find_command(code) == nullptr);
    }
    CHECK(seen > 5);
}

TEST_CASE("every row of docs/alembic.md that gives an answer names a test that is there") {
    std::ostringstream text;
    text << std::ifstream(HEADGATE_SOURCE_DIR "/docs/alembic.md").rdbuf();
    for (const auto& row : read_table()) {
        CAPTURE(row.alembic, row.ours);
        const bool needs_none = row.verdict.empty() || row.verdict.starts_with("not there");
        CHECK((needs_none || !row.shown_by.empty()));
        for (const auto name : base::split_at(row.shown_by, ','))
            CHECK((row.shown_by.empty() || text.str().contains("**" + std::string(base::trim(name)) + "** (`tests/")));
    }
    for (const auto& code : code_in(text.str())) {
        if (!code.starts_with("tests/")) continue;
        CAPTURE(code);
        CHECK(std::ifstream(std::string(HEADGATE_SOURCE_DIR "/") + code).good());
    }
}
