// SPDX-License-Identifier: Apache-2.0
#include "settings/definitions.hpp"

#include <map>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "settings/settings.hpp"

namespace headgate::settings {

TEST_CASE("A setting has one name, written three ways") {
    const auto& definition = definition_of("wait_timeout");
    CHECK(flag_of(definition) == "--wait-timeout");
    CHECK(variable_of(definition) == "HEADGATE_WAIT_TIMEOUT");
    CHECK_THROWS_AS(definition_of("wait-timeout"), base::Error);
}

TEST_CASE("Every setting is described, and its default is a value that it accepts") {
    std::set<std::string_view> names;
    for (const auto& definition : definitions()) {
        INFO(definition.name);
        CHECK(names.insert(definition.name).second);
        CHECK(definition.description.ends_with('.'));
        if (definition.kind == ValueKind::duration && !definition.default_value.empty())
            CHECK(parse_duration(definition.default_value, definition.name) > base::Milliseconds(0));
        if (definition.kind == ValueKind::choice && !definition.default_value.empty())
            CHECK(definition.choices.contains(definition.default_value));
        CHECK((definition.kind == ValueKind::choice) == !definition.choices.empty());
    }
}

}  // namespace headgate::settings
