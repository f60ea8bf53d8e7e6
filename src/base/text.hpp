// SPDX-License-Identifier: Apache-2.0
// Questions about text that several layers ask.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::base {

std::string_view trim(std::string_view text);
std::string to_lower(std::string_view ascii);
bool equals_ignoring_case(std::string_view left, std::string_view right);
std::vector<std::string_view> split_at(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

// Byte offset of the first byte that is not valid UTF-8 (RFC 3629), or of a NUL byte.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// The candidate with the smallest edit distance, where it is near enough to be a typing mistake.
std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string_view> candidates);

// 12 lower-case hexadecimal digits from the kernel's random source: revision ids, run ids.
std::string make_random_id();

// "850 ms", "3.2 s", "4 min 10 s": for people.
std::string render_duration(long long milliseconds);

}  // namespace headgate::base
