// SPDX-License-Identifier: Apache-2.0
// One direction of one revision in one dialect, on its way from Alembic's text to a section of a revision file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alembic/rendering.hpp"
#include "base/dialect_id.hpp"

namespace headgate::alembic {

struct SectionText {
    std::string sql;
    std::optional<std::string> hole;      // why a person has to finish it
    bool is_left_out = false;             // a downgrade that is not meant to be
    bool is_outside_transaction = false;  // it commits on its way, or has a statement that no transaction takes
    std::vector<std::string> notes;
};

SectionText read_section(const Rendering& rendering, base::DialectId dialect);

// BEGIN and COMMIT, which statements that run one by one have no use for.
void leave_out_transactions(SectionText& section, base::DialectId dialect);

// The first thing that headgate would say about a file with this section below this header.
std::optional<std::string> find_load_fault(std::string_view header, const SectionText& section,
                                           base::DialectId dialect);

}  // namespace headgate::alembic
