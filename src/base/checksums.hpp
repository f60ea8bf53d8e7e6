// SPDX-License-Identifier: Apache-2.0
// The two checksums of one section of a revision file: computed by revision/checksum.hpp, kept in the ledger.
#pragma once

#include <string>

namespace headgate::base {

struct Checksums {
    std::string raw;     // SHA-256 of the section's bytes, hexadecimal
    std::string tokens;  // SHA-256 of what the section means: no comments, white space, keyword case
    int algorithm = 1;   // version of the token checksum; two versions cannot be compared

    bool operator==(const Checksums&) const = default;
};

}  // namespace headgate::base
