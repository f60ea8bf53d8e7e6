// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/drivers.hpp"

#include <algorithm>
#include <array>
#include <format>

#include "base/error.hpp"
#include "database/postgres/driver.hpp"
#include "database/sqlite/driver.hpp"

namespace headgate::entrypoint {

std::span<const database::Driver* const> drivers() {
    static const std::array all{&database::postgres::driver(), &database::sqlite::driver()};
    return all;
}

namespace {

const database::Driver* find_driver(base::DialectId dialect) {
    const auto found = std::ranges::find(drivers(), dialect, &database::Driver::dialect);
    return found == drivers().end() ? nullptr : *found;
}

}  // namespace

const database::Driver* find_driver(std::string_view name) {
    const auto dialect = base::find_dialect(name);
    return dialect ? find_driver(*dialect) : nullptr;
}

const database::Driver& driver_for(base::DialectId dialect) {
    if (const auto* driver = find_driver(dialect)) return *driver;
    throw base::Error(base::ErrorKind::bad_configuration,
                      std::format("this headgate has no driver for {}", base::name_of(dialect)))
        .with_hint("it has PostgreSQL and SQLite");
}

}  // namespace headgate::entrypoint
