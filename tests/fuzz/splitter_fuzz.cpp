// SPDX-License-Identifier: Apache-2.0
// Any bytes, in every dialect: see split_invariants.hpp for what must hold.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fuzz/split_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using headgate::base::DialectId;
    const std::string text(data, data + size);
    for (const DialectId dialect : {DialectId::postgresql, DialectId::sqlite, DialectId::sqlserver}) {
        const std::string fault = headgate::fuzz::find_fault(text, dialect);
        if (fault.empty()) continue;
        std::fprintf(stderr, "%s: %s\n", std::string(headgate::base::name_of(dialect)).c_str(), fault.c_str());
        std::abort();
    }
    return 0;
}
