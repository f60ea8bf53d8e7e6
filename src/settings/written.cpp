// SPDX-License-Identifier: Apache-2.0
#include "settings/written.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <format>
#include <fstream>
#include <system_error>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "settings/command_words.hpp"

namespace headgate::settings {

namespace {

// More than any setting needs; a path to something endless must not fill the memory.
constexpr std::size_t longest_file = 1 << 20;

base::Error bad(std::string message) {
    return {base::ErrorKind::bad_configuration, std::move(message)};
}

base::Error unreadable(std::string_view what, const std::filesystem::path& file, std::string_view reason) {
    return bad(std::format("{} cannot be read: {}: {}", what, file.string(), reason));
}

// `what` says for whom the file is read, for the message.
std::string read_text(std::string_view what, const std::filesystem::path& file) {
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    std::error_code ignored;
    if (!stream) throw unreadable(what, file, std::generic_category().message(errno != 0 ? errno : EIO));
    if (std::filesystem::is_directory(file, ignored)) throw unreadable(what, file, "it is a folder");
    std::string text;
    for (std::array<char, 4096> piece{}; stream && text.size() <= longest_file;) {
        stream.read(piece.data(), piece.size());
        text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) throw unreadable(what, file, std::generic_category().message(errno != 0 ? errno : EIO));
    if (text.size() > longest_file) throw unreadable(what, file, "it is longer than 1 MiB");
    return text;
}

// ---- the environment -------------------------------------------------------------------------------

std::optional<std::string> find_variable(const Sources& sources, const std::string& name) {
    const auto found = sources.environment.find(name);
    if (found == sources.environment.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

// A secret's file usually ends with a line end that does not belong to the secret.
std::string read_value_file(const std::string& variable, const std::filesystem::path& file) {
    auto text = read_text("the file that " + variable + " names", file);
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) throw bad(std::format("the file that {} names is empty: {}", variable, file.string()));
    return text;
}

std::optional<Written> find_in_variable(const Sources& sources, const std::string& name) {
    const auto file_variable = name + "_FILE";
    auto text = find_variable(sources, name);
    const auto file = find_variable(sources, file_variable);
    if (text && file)
        throw bad(std::format("both {} and {} are set", name, file_variable)).with_hint("unset one of them");
    if (text) return Written{std::move(*text), {}, name, {}};
    if (file) return Written{read_value_file(file_variable, *file), {}, file_variable, {}};
    return std::nullopt;
}

// ---- headgate.toml -----------------------------------------------------------------------------------

bool is_setting(std::string_view name) {
    return std::ranges::contains(definitions(), name, &Definition::name);
}

// A key in quotes can be anything, a pasted URL too; only what looks like a key is repeated.
bool is_quotable(std::string_view key) {
    return std::ranges::all_of(key, [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
               byte == '_' || byte == '-' || byte == '.';
    });
}

base::Error unknown_key(const toml::Entry& entry) {
    std::vector<std::string_view> names;
    for (const auto& definition : definitions()) names.push_back(definition.name);
    const auto nearest = base::find_nearest(entry.key, names);
    const std::string shown = is_quotable(entry.key) ? std::format("\"{}\"", entry.key) : "of this line";
    return bad(std::format("no setting has the key {}", shown))
        .at(entry.spot)
        .with_hint(nearest
                       ? std::format("is it a mistyped \"{}\"?", *nearest)
                       : "the settings are: " + base::join(std::vector<std::string>(names.begin(), names.end()), ", "));
}

Written written_in_file(const toml::Entry& entry) {
    return {
        .text = "", .parts = {}, .origin = std::format("{}:{}", entry.spot.file, entry.spot.line), .spot = entry.spot};
}

base::Error wrong_type(const toml::Entry& entry, std::string_view wanted) {
    return bad(std::format("{} must be {} and is {}", entry.key, wanted, toml::type_name(entry))).at(entry.spot);
}

bool has_parts(const Definition& definition) {
    return definition.kind == ValueKind::list || definition.kind == ValueKind::command;
}

std::optional<Written> find_in_file(const Definition& definition, const toml::Document& file) {
    const auto* entry = file.find(definition.name);
    if (entry == nullptr) return std::nullopt;
    auto written = written_in_file(*entry);
    const auto* number = std::get_if<std::int64_t>(&entry->value);
    const auto* array = std::get_if<toml::Array>(&entry->value);
    if (const auto* text = std::get_if<std::string>(&entry->value))
        written.text = *text;
    else if (number != nullptr && definition.kind == ValueKind::duration)
        written.text = std::to_string(*number);
    else if (array != nullptr && has_parts(definition))
        written.parts = *array;
    else
        throw wrong_type(*entry, has_parts(definition) ? "an array of strings" : "a string");
    return written;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    for (const auto part : base::split_at(text, ','))
        if (const auto name = base::trim(part); !name.empty()) parts.emplace_back(name);
    return parts;
}

std::optional<Written> find_raw(const Definition& definition, const Sources& sources, const toml::Document& file) {
    const auto flag = sources.flags.find(std::string(definition.name));
    if (flag != sources.flags.end()) return Written{flag->second, {}, flag_of(definition), {}};
    if (auto found = find_in_variable(sources, variable_of(definition))) return found;
    if (definition.kind == ValueKind::secret_url)
        if (auto found = find_in_variable(sources, "DATABASE_URL")) return found;
    return find_in_file(definition, file);
}

}  // namespace

base::Error Written::fault(std::string_view message) const {
    return bad(std::format("{}: {}", origin, message)).at(spot);
}

toml::Document read_file_settings(const Sources& sources) {
    std::error_code ignored;
    if (!sources.file_is_required && !std::filesystem::exists(sources.file, ignored)) return {};
    const auto text = read_text("the settings file", sources.file);
    try {
        auto document = toml::parse_document(text, sources.file.string());
        for (const auto& entry : document.entries)
            if (!is_setting(entry.key)) throw unknown_key(entry);
        return document;
    } catch (base::Error& error) {
        error.excerpt.clear();  // the line may be the one with the password
        throw;
    }
}

std::optional<Written> find_written(const Definition& definition, const Sources& sources, const toml::Document& file) {
    auto written = find_raw(definition, sources, file);
    if (!written) return std::nullopt;
    if (definition.kind == ValueKind::list) {
        if (written->parts.empty()) written->parts = split_list(written->text);
        written->text = base::join(written->parts, ", ");
    }
    if (definition.kind == ValueKind::command) {
        if (written->parts.empty()) written->parts = parse_command(written->text, written->origin);
        written->text = render_command(written->parts);
    }
    if (written->text.contains('\0')) throw written->fault("it holds a zero byte");
    return written;
}

}  // namespace headgate::settings
