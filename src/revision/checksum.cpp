// SPDX-License-Identifier: Apache-2.0
#include "revision/checksum.hpp"

#include <algorithm>
#include <format>
#include <vector>

#include "base/sha256.hpp"
#include "sql/checksum_tokens.hpp"

namespace headgate::revision {

namespace {

// Version 1 of the token checksum begins with this; every part has its length before it.
void hash_meaning_of_header(const Revision& revision, base::Sha256& hash) {
    std::vector<std::string> parents = revision.down_revisions;
    std::ranges::sort(parents);
    std::string text = std::format("headgate 1\ntransaction {}\nparents {}\n",
                                   revision.transaction == TransactionMode::one_transaction ? 1 : 0, parents.size());
    for (const std::string& parent : parents) text += std::format("{} {}\n", parent.size(), parent);
    hash.add(text);
}

}  // namespace

std::string raw_checksum(std::string_view section) {
    base::Sha256 hash;
    hash.add(section);
    return hash.finish();
}

base::Checksums checksums_of(std::string_view section, const Revision& revision, base::DialectId dialect) {
    base::Sha256 hash;
    hash_meaning_of_header(revision, hash);
    sql::hash_tokens(section, dialect, hash);
    return {.raw = raw_checksum(section), .tokens = hash.finish()};
}

}  // namespace headgate::revision
