// SPDX-License-Identifier: Apache-2.0
// README's tables are generated from the program's own: this test compares them, or rewrites them.
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "entrypoint/command.hpp"
#include "entrypoint/exit_code.hpp"
#include "settings/definitions.hpp"

using namespace headgate;

namespace {

const std::filesystem::path readme = std::filesystem::path(HEADGATE_SOURCE_DIR) / "README.md";

std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string settings_table() {
    std::string table = "| setting | default | what it is | flag, variable |\n|---|---|---|---|\n";
    for (const auto& definition : settings::definitions()) {
        table += std::format("| `{}` | {} | {} | `{}` `{}` |\n", definition.name,
                             definition.default_value.empty() ? "" : std::format("`{}`", definition.default_value),
                             definition.description, settings::flag_of(definition), settings::variable_of(definition));
    }
    return table;
}

std::string exit_code_table() {
    std::string table = "| code | meaning |\n|---|---|\n";
    for (const auto& row : entrypoint::exit_code_meanings())
        table += std::format("| {} | {} |\n", row.shown, row.meaning);
    return table;
}

void check_table(const std::string& name, const std::string& expected) {
    auto text = read(readme);
    const auto first = std::format("<!-- {}: generated, see CONTRIBUTING.md -->\n", name);
    const auto start = text.find(first);
    const auto end = text.find(std::format("<!-- end of {} -->", name));
    REQUIRE(start != std::string::npos);
    REQUIRE(end != std::string::npos);
    const auto from = start + first.size();
    if (std::getenv("HEADGATE_UPDATE_README") != nullptr) {
        text.replace(from, end - from, expected);
        std::ofstream(readme) << text;
        return;
    }
    CHECK(text.substr(from, end - from) == expected);
}

}  // namespace

TEST_CASE("README's settings are the program's settings") {
    check_table("settings", settings_table());
}

TEST_CASE("README's exit codes are the program's exit codes") {
    check_table("exit codes", exit_code_table());
}

TEST_CASE("README's commands are the program's commands") {
    const auto text = read(readme);
    for (const auto& command : entrypoint::commands()) {
        CAPTURE(command.name);
        CHECK(text.contains(std::format("`{}", command.name)));
    }
}
