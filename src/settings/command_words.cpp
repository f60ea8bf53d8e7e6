// SPDX-License-Identifier: Apache-2.0
#include "settings/command_words.hpp"

#include <format>
#include <variant>

#include "base/error.hpp"
#include "base/text.hpp"
#include "toml/document.hpp"

namespace headgate::settings {

namespace {

base::Error fault(std::string_view origin, std::string_view message) {
    return base::Error(base::ErrorKind::bad_configuration, std::format("{}: {}", origin, message))
        .with_hint("write it as [\"program\", \"argument\"]; no shell reads it, unless it is [\"sh\", \"-c\", \"…\"]");
}

// An array of strings is written the same in TOML and in JSON.
std::vector<std::string> parse_array(std::string_view text, std::string_view origin) {
    try {
        const auto document = toml::parse_document(std::format("command = {}", text), origin);
        const auto* words = std::get_if<toml::Array>(&document.entries.front().value);
        if (words != nullptr && document.entries.size() == 1) return *words;
    } catch (const base::Error&) {
        // Its words would show the line.
    }
    throw fault(origin, "the command is no array of strings");
}

// What a shell would read otherwise than we do is refused rather than misread.
std::vector<std::string> split_words(std::string_view text, std::string_view origin) {
    if (text.find_first_of("\"'\\$`|&;<>(){}*?~#\n") != std::string_view::npos)
        throw fault(origin, "the command holds a character that only a shell understands");
    std::vector<std::string> words;
    for (const auto part : base::split_at(text, ' '))
        if (const auto word = base::trim(part); !word.empty()) words.emplace_back(word);
    return words;
}

}  // namespace

std::vector<std::string> parse_command(std::string_view text, std::string_view origin) {
    const auto trimmed = base::trim(text);
    auto words = trimmed.starts_with('[') ? parse_array(trimmed, origin) : split_words(trimmed, origin);
    if (words.empty() || words.front().empty()) throw fault(origin, "the command is empty");
    return words;
}

std::string render_command(const std::vector<std::string>& command) {
    if (command.empty()) return "";
    const auto count = command.size() - 1;
    return count == 0 ? command.front()
                      : std::format("{} and {} argument{}", command.front(), count, count == 1 ? "" : "s");
}

}  // namespace headgate::settings
