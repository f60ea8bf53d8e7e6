// SPDX-License-Identifier: Apache-2.0
#include "toml/document.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include <toml.hpp>

namespace headgate::toml {

namespace {

// Tables in the order of the file, comments thrown away.
struct Config : ::toml::ordered_type_config {
    using comment_type = ::toml::discard_comments;
};
using Value = ::toml::basic_value<Config>;

void skip_all(::toml::detail::location& place) {
    while (!place.eof()) place.advance();
}

}  // namespace

}  // namespace headgate::toml

// After a fault toml11 looks for a place to go on from, and recurses without end where "[[3[" stands before a line with
// '[' before its '='. We tell the first fault only, so what comes after it is not looked at.
template <>
void toml::detail::skip_value(location& place, const context<headgate::toml::Config>&) {
    headgate::toml::skip_all(place);
}
template <>
void toml::detail::skip_key_value_pair(location& place, const context<headgate::toml::Config>&) {
    headgate::toml::skip_all(place);
}
template <>
void toml::detail::skip_until_next_table(location& place, const context<headgate::toml::Config>&) {
    headgate::toml::skip_all(place);
}

namespace headgate::toml {

namespace {

// toml11 recurses into brackets, and its tables are freed recursively, without a limit of its own.
constexpr int deepest_nesting = 64;

enum class Where { document, inline_table };

class Reader {
public:
    Reader(std::string_view text, std::string_view file, std::size_t first_line)
        : text_(text), file_(file), first_line_(first_line) {}

    Document read();

private:
    void check_nesting() const;
    void add_table(const std::string& prefix, const Value& table, Where where);
    void add_value(std::string key, const Value& value);
    decltype(Entry::value) convert(const Value& value) const;
    Array convert_array(const Value& value) const;
    DateTime convert_date_time(const Value& value) const;

    std::size_t offset_of(const ::toml::source_location& place) const;
    base::SourceSpot spot_of(std::size_t offset) const { return base::locate(file_, text_, offset, first_line_); }
    base::Error error_at(std::size_t offset, std::string message) const;
    base::Error error_at(const Value& value, std::string message) const;
    base::Error syntax_error(const std::vector<::toml::error_info>& faults) const;

    std::string_view text_;
    std::string_view file_;
    std::size_t first_line_;
    Document document_;
};

// toml11's titles begin with the name of the function that found the fault, and some end with a full stop.
std::string_view plain_title(std::string_view title) {
    if (title.starts_with("toml::")) {
        const auto colon = title.find(": ");
        if (colon != std::string_view::npos) title.remove_prefix(colon + 2);
    }
    while (title.ends_with('.')) title.remove_suffix(1);
    return title;
}

bool comes_before(const Entry& left, const Entry& right) {
    return std::pair(left.spot.line, left.spot.column) < std::pair(right.spot.line, right.spot.column);
}

Document Reader::read() {
    check_nesting();
    std::vector<unsigned char> bytes(text_.begin(), text_.end());
    const auto parsed = ::toml::try_parse<Config>(std::move(bytes), std::string(), ::toml::spec::v(1, 0, 0));
    if (parsed.is_err()) throw syntax_error(parsed.unwrap_err());
    add_table("", parsed.unwrap(), Where::document);
    std::ranges::sort(document_.entries, comes_before);
    return std::move(document_);
}

// Looks at bytes alone, so brackets and dots in strings and comments count too: the limits are far above those.
void Reader::check_nesting() const {
    int brackets = 0;
    int dots = 0;
    for (std::size_t at = 0; at < text_.size(); ++at) {
        const char byte = text_[at];
        if (byte == '[' || byte == '{') ++brackets;
        if ((byte == ']' || byte == '}') && brackets > 0) --brackets;
        if (brackets > deepest_nesting) throw error_at(at, "brackets are nested too deeply");
        if (byte == '.' && !text_.substr(0, at).ends_with('.')) ++dots;
        if (std::string_view("\n=,[{").contains(byte) || text_.substr(0, at).ends_with("..")) dots = 0;
        if (dots > deepest_nesting) throw error_at(at, "keys are nested too deeply");
    }
}

void Reader::add_table(const std::string& prefix, const Value& table, Where where) {
    for (const auto& [key, value] : table.as_table()) {
        if (key.contains('.')) throw error_at(value, "a key must not hold a dot in quotes");
        if (!value.is_table()) {
            add_value(prefix + key, value);
            continue;
        }
        const bool is_inline = value.as_table_fmt().fmt == ::toml::table_format::oneline;
        if (is_inline && where == Where::inline_table) throw error_at(value, "inline tables must not be nested");
        add_table(prefix + key + ".", value, is_inline ? Where::inline_table : where);
    }
}

void Reader::add_value(std::string key, const Value& value) {
    document_.entries.push_back({std::move(key), convert(value), spot_of(offset_of(value.location()))});
}

decltype(Entry::value) Reader::convert(const Value& value) const {
    if (value.is_string()) return value.as_string();
    if (value.is_integer()) return value.as_integer();
    if (value.is_floating()) return value.as_floating();
    if (value.is_boolean()) return value.as_boolean();
    if (value.is_array()) return convert_array(value);
    return convert_date_time(value);
}

Array Reader::convert_array(const Value& value) const {
    Array strings;
    for (const auto& element : value.as_array()) {
        if (!element.is_string()) throw error_at(element, "an array may hold strings only");
        strings.push_back(element.as_string());
    }
    return strings;
}

// The text of the file, not a rendering of the parsed value: nothing of it is rounded or moved to another zone.
DateTime Reader::convert_date_time(const Value& value) const {
    const auto place = value.location();
    return {std::string(text_.substr(offset_of(place), place.length()))};
}

// toml11 counts lines and, in bytes, columns from 1.
std::size_t Reader::offset_of(const ::toml::source_location& place) const {
    std::size_t line_start = 0;
    for (std::size_t line = 1; line < place.first_line_number(); ++line) {
        const auto line_end = text_.find('\n', line_start);
        if (line_end == std::string_view::npos) break;
        line_start = line_end + 1;
    }
    return std::min(line_start + place.first_column_number() - 1, text_.size());
}

base::Error Reader::error_at(std::size_t offset, std::string message) const {
    return base::Error(base::ErrorKind::bad_configuration, std::move(message))
        .at(spot_of(offset))
        .with_excerpt(base::render_excerpt(text_, offset));
}

base::Error Reader::error_at(const Value& value, std::string message) const {
    return error_at(offset_of(value.location()), std::move(message));
}

base::Error Reader::syntax_error(const std::vector<::toml::error_info>& faults) const {
    const auto& first = faults.front();
    const auto offset = first.locations().empty() ? 0 : offset_of(first.locations().front().first);
    return error_at(offset, std::format("not valid TOML: {}", plain_title(first.title())));
}

}  // namespace

const Entry* Document::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

std::string_view type_name(const Entry& entry) {
    static constexpr std::array<std::string_view, std::variant_size_v<decltype(Entry::value)>> names = {
        "a string", "an integer", "a number", "a boolean", "a date-time", "an array of strings"};
    return names.at(entry.value.index());
}

Document parse_document(std::string_view text, std::string_view file, std::size_t first_line) {
    return Reader(text, file, first_line).read();
}

}  // namespace headgate::toml
