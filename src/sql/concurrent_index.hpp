// SPDX-License-Identifier: Apache-2.0
// CREATE INDEX CONCURRENTLY and DROP INDEX CONCURRENTLY, as far as one must know them to tell afterwards how they
// ended. PostgreSQL only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headgate::sql {

struct ConcurrentIndex {
    enum class Action { create, drop };
    Action action = Action::create;
    // create: the plain name, as the catalog has it; empty where the server would choose one.
    // drop: as it is written, perhaps with a schema.
    std::string name;
    std::string table;  // create: as it is written, perhaps with a schema
};

// `body` is a statement without its semicolon; nothing where it is neither.
std::optional<ConcurrentIndex> read_concurrent_index(std::string_view body);

}  // namespace headgate::sql
