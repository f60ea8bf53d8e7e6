// SPDX-License-Identifier: Apache-2.0
// Any bytes, in every dialect (the first byte chooses): see split_invariants.hpp for what must hold.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/split_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using headgate::base::DialectId;
    constexpr std::array dialects = {DialectId::postgresql, DialectId::sqlite, DialectId::sqlserver};
    if (size == 0) return 0;
    const std::string bytes(data, data + size);
    const DialectId dialect = dialects[data[0] % dialects.size()];
    const std::string fault = headgate::fuzz::find_fault(std::string_view(bytes).substr(1), dialect);
    if (fault.empty()) return 0;
    std::fprintf(stderr, "%s: %s\n", std::string(headgate::base::name_of(dialect)).c_str(), fault.c_str());
    std::abort();
}
