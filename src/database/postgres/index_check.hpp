// SPDX-License-Identifier: Apache-2.0
// Looks after indexes that are built concurrently. A build that fails or is cut leaves an invalid index, which costs
// writes and serves no query, and which IF NOT EXISTS takes for a good one. Found by the table's OID and the index's
// name: a rename in between misleads nobody.
#pragma once

#include <optional>
#include <string>

#include "base/stop.hpp"
#include "database/postgres/handles.hpp"
#include "sql/concurrent_index.hpp"

namespace headgate::database::postgres {

enum class IndexState { absent, valid, invalid, in_work, not_ours_to_mend };

struct IndexLook {
    IndexState state = IndexState::absent;
    std::string qualified_name;  // quoted, with its schema; unless absent
};

// Where the table is, and whether the name is free: to be written down before a build begins. The session's
// search_path must be the one that the statement will see.
std::string note_index(PGconn* connection, const sql::ConcurrentIndex& index, base::Stop stop);

// How the index is now that the note was made for. Nothing where the note says that the name was taken before, or that
// there was no table: then the build could not begin. Nor where it was made for an index of another name: then the
// statement was changed since, and an index of its name may be anybody's.
std::optional<IndexLook> look_at_index(PGconn* connection, const std::string& note, const sql::ConcurrentIndex& index,
                                       base::Stop stop);

// The same for the table as the session finds it by name.
IndexLook look_at_index(PGconn* connection, const sql::ConcurrentIndex& index, base::Stop stop);

// Which index is meant, to be written down before it is dropped: once it is gone, its name may mean another one, in a
// schema that is searched later.
std::string note_drop(PGconn* connection, const sql::ConcurrentIndex& index, base::Stop stop);
// Whether the dropping may be tried again.
bool is_still_there(PGconn* connection, const std::string& note, base::Stop stop);

}  // namespace headgate::database::postgres
