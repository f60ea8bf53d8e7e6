// SPDX-License-Identifier: Apache-2.0
// The one PostgreSQL that all tests of a process share: the server that HEADGATE_TEST_POSTGRES_URL names (with a
// superuser's login), else one of our own, started when it is first asked for. And the rule for what is missing: a
// visible skip by hand, a failure in CI.
#pragma once

#include <string>

#include "support/postgres_server.hpp"

namespace headgate::support {

// Skips or fails the running test case where there is no server to be had.
const PostgresAddress& shared_server();

// Ends the running test case: SKIP, or FAIL where the variable CI is "true".
[[noreturn]] void skip_or_fail(const std::string& reason);

// Skips or fails where the program is not installed.
void require_program(const std::string& name);

// libpq's or SQLAlchemy's form ("postgresql+asyncpg://…").
PostgresAddress parse_postgres_url(const std::string& url);

}  // namespace headgate::support
