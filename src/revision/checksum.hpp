// SPDX-License-Identifier: Apache-2.0
// The two checksums of a section, as the ledger keeps them: of its bytes, and of what it means.
#pragma once

#include <string>
#include <string_view>

#include "base/checksums.hpp"
#include "base/dialect_id.hpp"
#include "revision/revision.hpp"

namespace headgate::revision {

// SHA-256 of the bytes, hexadecimal.
std::string raw_checksum(std::string_view section);

// The token checksum covers the parents (in any order) and the transaction flag of `revision` too: with others of
// those, the same statements are another step.
base::Checksums checksums_of(std::string_view section, const Revision& revision, base::DialectId dialect);

}  // namespace headgate::revision
