// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/manual.hpp"

#include <set>

#include <catch2/catch_test_macros.hpp>

#include "base/text.hpp"
#include "entrypoint/exit_code.hpp"
#include "entrypoint/invocation.hpp"
#include "settings/definitions.hpp"

using namespace headgate;
using entrypoint::parse_invocation;

namespace {

std::string with_hyphens(std::string_view text) {
    std::string escaped;
    for (const char byte : text) escaped += byte == '-' ? std::string("\\-") : std::string(1, byte);
    return escaped;
}

}  // namespace

TEST_CASE("the manual page names every command, option, setting and exit code") {
    const auto page = parse_invocation({"headgate", "help", "--man"}).text;
    for (const auto& command : entrypoint::commands()) {
        CHECK(page.contains(with_hyphens(entrypoint::render_usage(command))));
        for (const auto& option : command.options) CHECK(page.contains(with_hyphens(option.flags)));
    }
    for (const auto& definition : settings::definitions())
        CHECK(page.contains(with_hyphens(settings::variable_of(definition))));
    for (const auto& row : entrypoint::exit_code_meanings()) CHECK(page.contains(with_hyphens(row.meaning)));
}

TEST_CASE("no line of the manual page is a request of roff's by accident") {
    const std::set<std::string_view> requests = {".TH", ".SH", ".TP", ".B", ".I", ".RS", ".RE"};
    const auto page = entrypoint::render_manual();
    for (const auto line : base::split_at(page, '\n')) {
        CAPTURE(line);
        if (line.starts_with('.')) CHECK(requests.contains(line.substr(0, line.find(' '))));
        CHECK_FALSE(line.starts_with('\''));
    }
}

TEST_CASE("help is --help, of headgate or of a command") {
    CHECK(parse_invocation({"headgate", "help"}).text == parse_invocation({"headgate", "--help"}).text);
    CHECK(parse_invocation({"headgate", "help", "upgrade"}).text ==
          parse_invocation({"headgate", "upgrade", "--help"}).text);
}
