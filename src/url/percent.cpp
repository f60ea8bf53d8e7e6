// SPDX-License-Identifier: Apache-2.0
#include "url/percent.hpp"

#include <format>
#include <optional>

#include "url/fault.hpp"

namespace headgate::url {

namespace {

std::optional<int> find_digit(char byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return std::nullopt;
}

// The byte that the escape at the start of `text` stands for.
std::optional<char> find_escaped(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return std::nullopt;
    const auto high = find_digit(text[1]);
    const auto low = find_digit(text[2]);
    if (!high || !low) return std::nullopt;
    return static_cast<char>(*high * 16 + *low);
}

bool is_unreserved(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           std::string_view("-._~").contains(byte);
}

}  // namespace

std::string decode_percent(std::string_view text, Plus plus) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (const auto escaped = find_escaped(text.substr(at))) {
            if (*escaped == '\0') throw fault("holds the escape %00: no part of it can hold a zero byte");
            decoded += *escaped;
            at += 2;
        } else {
            decoded += text[at] == '+' && plus == Plus::is_space ? ' ' : text[at];
        }
    }
    return decoded;
}

std::string encode_percent(std::string_view text, std::string_view also_plain) {
    std::string encoded;
    for (const char byte : text) {
        if (is_unreserved(byte) || also_plain.contains(byte))
            encoded += byte;
        else
            encoded += std::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return encoded;
}

}  // namespace headgate::url
