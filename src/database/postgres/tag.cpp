// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/tag.hpp"

#include <cstdint>
#include <format>

#include "database/postgres/ledger_sql.hpp"

namespace headgate::database::postgres {

namespace {

// Nothing in a name may end the comment, or open another in it.
std::string without_stars(std::string_view text) {
    std::string safe(text);
    std::erase(safe, '*');
    return safe;
}

}  // namespace

std::string make_tag_start(std::string_view ledger, std::string_view revision) {
    return std::format("/* headgate {:016x} {} ", static_cast<std::uint64_t>(lock_key(ledger)),
                       without_stars(revision));
}

std::string make_tag(const TaggedWork& work) {
    const auto what = work.statement == 0 ? std::string("whole") : std::format("statement {}", work.statement);
    return std::format("{}{}, {} */ ", make_tag_start(work.ledger, work.revision), what,
                       without_stars(work.application_name));
}

}  // namespace headgate::database::postgres
