// SPDX-License-Identifier: Apache-2.0
// Cuts what follows a file's header into its marked sections, by the lexer: a marker inside a literal, a block
// comment or COPY data is text like any other.
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

struct MarkedSection {
    std::optional<Direction> direction;     // none: what follows a mistyped marker
    std::vector<base::DialectId> dialects;  // none: for every dialect that no other section names
    std::size_t marker_line = 1;
    std::size_t offset = 0;  // of the first byte after the marker's line
    std::size_t size = 0;
    std::size_t line = 1;                   // of that byte
    std::vector<base::Problem> todos = {};  // what a person has still to write: nobody can run the section before
    bool is_closed = true;                  // no literal or comment is left open at its end
};

struct SectionList {
    std::vector<MarkedSection> sections;
    std::vector<base::Problem> problems;

    // The section that names `dialect`, else the one that names none.
    const MarkedSection* find(Direction direction, base::DialectId dialect) const;
    // A marker that could not be read: then nothing can be said about what is missing.
    bool has_mistyped_marker() const;
};

// Begins at `offset` (the end of the header), which is in line `line` of `file`.
SectionList find_sections(std::string_view text, std::size_t offset, std::size_t line, const std::string& file,
                          base::DialectId dialect);

}  // namespace headgate::revision
