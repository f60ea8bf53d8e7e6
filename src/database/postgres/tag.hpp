// SPDX-License-Identifier: Apache-2.0
// The comment that everything begins with which headgate runs for a revision. It makes pg_stat_activity say whose work
// goes on there, also behind a connection pooler, which has its own ideas of process numbers: the client that blocks
// is asked for by it, and what a killed client left behind is found by it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headgate::database::postgres {

struct TaggedWork {
    std::string_view ledger;            // qualified: two applications may have the same revision ids
    std::string_view revision;          // or what else the step is called
    std::size_t statement = 0;          // from 1; 0: the whole revision
    std::string_view application_name;  // with the run's id
};

// "/* headgate 5f3a9c21d0e4b7a6 9f3c1a7be204 statement 3, headgate 0.1.0 run 12ab */ "
std::string make_tag(const TaggedWork& work);

// What the tag of any statement of the revision begins with, whichever run it was. Holds no character that LIKE or a
// regular expression would read as more than itself, but for those of the revision.
std::string make_tag_start(std::string_view ledger, std::string_view revision);

}  // namespace headgate::database::postgres
