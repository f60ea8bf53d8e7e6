// SPDX-License-Identifier: Apache-2.0
// The header of a revision file: TOML in comment lines below "-- headgate:revision".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect_id.hpp"
#include "base/error.hpp"
#include "revision/revision.hpp"

namespace headgate::revision {

// What a file without a header is told to begin with.
extern const char* const header_example;

// The header's TOML, taken out of its comments.
struct HeaderText {
    std::string toml;
    std::size_t first_line = 1;    // of the TOML in the file
    std::vector<std::size_t> cut;  // for each line, how many bytes stood before it
    std::size_t end_offset = 0;    // of the first byte after the header
    std::size_t end_line = 1;
};

// None where there is no header; then `problems` says so, or what stands in its place.
std::optional<HeaderText> find_header(std::string_view text, const std::string& file, base::DialectId dialect,
                                      std::vector<base::Problem>& problems);

enum class HeaderOutcome { read, not_toml };

// Puts what the header says into `revision`. After `not_toml` nothing of it is known.
HeaderOutcome parse_header(const HeaderText& header, const std::string& file, Revision& revision,
                           std::vector<base::Problem>& problems);

// Why `id` is no revision id or branch label, if it is none: [A-Za-z0-9_.], 1 to 200 of them, no reserved word.
std::optional<std::string> find_id_fault(std::string_view id);

}  // namespace headgate::revision
