// SPDX-License-Identifier: Apache-2.0
// libpq's conninfo strings ("Keyword/Value Connection Strings" in the manual).
#include <format>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "url/fault.hpp"
#include "url/postgres_parameters.hpp"
#include "url/postgres_url.hpp"

namespace headgate::url {

namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

class KeywordReader {
public:
    explicit KeywordReader(std::string_view text) : text_(text) {}

    // The next keyword, or none at the end. Its value follows by read_value().
    std::optional<std::string_view> next_keyword();
    std::string read_value();

private:
    void skip_white_space() { at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size()); }
    bool is_at_end() const { return at_ >= text_.size(); }
    std::string read_quoted();
    std::string read_plain();

    std::string_view text_;
    std::size_t at_ = 0;
};

std::optional<std::string_view> KeywordReader::next_keyword() {
    skip_white_space();
    if (is_at_end()) return std::nullopt;
    const auto end = std::min(text_.find_first_of(" \t\r\n\f\v=", at_), text_.size());
    const auto keyword = text_.substr(at_, end - at_);
    at_ = end;
    skip_white_space();
    if (is_at_end() || text_[at_] != '=')
        throw fault("has a word without '=' after it", "values with spaces are written in single quotes");
    ++at_;
    return keyword;
}

std::string KeywordReader::read_value() {
    skip_white_space();
    if (is_at_end() || text_[at_] != '\'') return read_plain();
    ++at_;
    return read_quoted();
}

std::string KeywordReader::read_quoted() {
    std::string value;
    for (; !is_at_end(); ++at_) {
        if (text_[at_] == '\'') {
            ++at_;
            return value;
        }
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        value += text_[at_];
    }
    throw fault("has a single quote that is not closed", "inside quotes, write ' as \\' and \\ as \\\\");
}

std::string KeywordReader::read_plain() {
    std::string value;
    for (; !is_at_end() && !white_space.contains(text_[at_]); ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        value += text_[at_];
    }
    return value;
}

// A word that is no keyword may be a piece of a password that holds a space, so it is counted and not quoted.
void check_keyword(std::string_view keyword, int position) {
    if (use_of_postgres_parameter(keyword) != ParameterUse::unknown) return;
    const auto similar = find_similar_postgres_parameter(keyword);
    throw fault(std::format("has an unknown keyword (number {})", position),
                similar ? std::format("is it a mistyped \"{}\"?", *similar)
                        : "values with spaces are written in single quotes");
}

}  // namespace

DatabaseUrl parse_keyword_string(std::string_view text) {
    KeywordReader reader(text);
    PostgresBuilder builder;
    int position = 0;
    while (const auto keyword = reader.next_keyword()) {
        check_keyword(*keyword, ++position);
        builder.set(*keyword, reader.read_value());
    }
    return builder.finish();
}

}  // namespace headgate::url
