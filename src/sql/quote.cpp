// SPDX-License-Identifier: Apache-2.0
#include "sql/quote.hpp"

#include "base/error.hpp"

namespace headgate::sql {
namespace {

std::string enclose(std::string_view text, char quote) {
    std::string quoted(1, quote);
    for (const char byte : text) {
        if (byte == quote) quoted += quote;
        quoted += byte;
    }
    return quoted + quote;
}

// No server takes a NUL byte, and in a C string it would end the statement in its middle.
void refuse_nul(std::string_view text) {
    if (text.contains('\0')) {
        throw base::Error(base::ErrorKind::internal, "a text that is to be quoted for SQL holds a NUL byte");
    }
}

}  // namespace

std::string quote_identifier(std::string_view name) {
    refuse_nul(name);
    return enclose(name, '"');
}

std::string quote_literal(std::string_view text) {
    refuse_nul(text);
    return enclose(text, '\'');
}

// The text may end in "$" or in a part of the tag, so no tag may begin as the text ends: looking for "$tag" without
// its closing "$" finds every such case.
std::string quote_dollar(std::string_view text) {
    refuse_nul(text);
    std::string tag = "$headgate";
    for (std::size_t number = 1; text.contains(tag); ++number) tag = "$headgate" + std::to_string(number) + "_";
    tag += '$';
    return tag + std::string(text) + tag;
}

}  // namespace headgate::sql
