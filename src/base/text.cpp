// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <format>
#include <numeric>
#include <utility>

#include <sys/random.h>

#include "base/error.hpp"

namespace headgate::base {

namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

// How many bytes the UTF-8 sequence at the start of `text` has; 0 where it is not valid (RFC 3629, table 3-7 of
// Unicode).
std::size_t sequence_size(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first == 0) return 0;
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;   // no overlong form
        const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogate
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t change = diagonal + (lower(left[i - 1]) == lower(right[j - 1]) ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
        }
    }
    return row.back();
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string to_lower(std::string_view ascii) {
    std::string text(ascii);
    std::ranges::transform(text, text.begin(), lower);
    return text;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

std::vector<std::string_view> split_at(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    std::string text;
    for (const auto& part : parts) {
        if (!text.empty()) text += separator;
        text += part;
    }
    return text;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
    std::size_t offset = 0;
    while (offset < text.size()) {
        const auto size = sequence_size(text.substr(offset));
        if (size == 0) return offset;
        offset += size;
    }
    return std::nullopt;
}

std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::optional<std::string> nearest;
    for (const auto candidate : candidates) {
        if (const auto distance = edit_distance(word, candidate); distance < least) {
            least = distance;
            nearest = std::string(candidate);
        }
    }
    return nearest;
}

std::string make_random_id() {
    std::array<std::uint8_t, 6> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        throw Error(ErrorKind::internal, "the kernel gives no random bytes");
    }
    std::string id;
    for (const auto byte : bytes) id += std::format("{:02x}", byte);
    return id;
}

std::string render_duration(long long milliseconds) {
    if (milliseconds < 1000) return std::format("{} ms", milliseconds);
    if (milliseconds < 60'000) return std::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
    const auto seconds = milliseconds / 1000;
    return std::format("{} min {} s", seconds / 60, seconds % 60);
}

}  // namespace headgate::base
