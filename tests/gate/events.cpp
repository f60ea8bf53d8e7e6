// SPDX-License-Identifier: Apache-2.0
#include "gate/events.hpp"

#include <sstream>

#include <catch2/catch_test_macros.hpp>

namespace headgate::gate {

std::vector<nlohmann::json> events_of(const support::Outcome& outcome) {
    std::istringstream lines(outcome.err);
    std::vector<nlohmann::json> events;
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        REQUIRE(nlohmann::json::accept(line));
        events.push_back(nlohmann::json::parse(line));
    }
    return events;
}

std::vector<nlohmann::json> events_named(std::string_view name, const support::Outcome& outcome) {
    auto events = events_of(outcome);
    std::erase_if(events, [&](const nlohmann::json& event) { return event.value("event", "") != name; });
    return events;
}

}  // namespace headgate::gate
