// SPDX-License-Identifier: Apache-2.0
// What is known about statements that run outside any transaction: what an error leaves of them, and whether one can
// tell afterwards how they ended.
#pragma once

#include <string_view>

namespace headgate::database::postgres {

enum class AloneNature {
    index_build,  // CREATE INDEX CONCURRENTLY: an error leaves an invalid index; the catalog tells how it ended
    index_drop,   // DROP INDEX CONCURRENTLY: can be repeated until the index is gone
    repeatable,   // VACUUM, ALTER SYSTEM …: does no harm when it is run twice
    atomic,       // CREATE DATABASE …: an error leaves nothing, but without an answer nobody knows
    open_ended,   // DO and CALL, which may have committed parts; REINDEX CONCURRENTLY, and whatever is not known
};

AloneNature nature_of(std::string_view body);

}  // namespace headgate::database::postgres
