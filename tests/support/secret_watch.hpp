// SPDX-License-Identifier: Apache-2.0
// Every password that a case uses is known here, and everything that headgate says in any case is searched for all of
// them: standard output and error, termination messages, command lines. What was searched is counted, over all the
// processes of a run of ctest (tests/support/sum_searches.cmake tells the sum).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::support {

// A password that is never anything else: a hit means what it says. Noted.
std::string make_password();

// Shorter than eight characters: too short to tell from other words, and left out.
void note_secret(std::string_view secret);
// The passwords in these variables: of URLs, of keyword and ADO.NET strings, PGPASSWORD and the like.
void note_secrets_of(const std::map<std::string, std::string>& environment);

// The secrets that are in `text`, as they are or escaped for a URL or for JSON; shown by their first characters only.
// Counts the search.
std::vector<std::string> find_secrets(std::string_view text);

}  // namespace headgate::support
