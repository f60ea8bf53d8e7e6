// SPDX-License-Identifier: Apache-2.0
#include "url/ado_net_pairs.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "url/fault.hpp"

namespace headgate::url {

namespace {

constexpr std::string_view blanks = " \t\r\n";

class PairReader {
public:
    explicit PairReader(std::string_view text) : text_(text) {}

    std::optional<AdoNetPair> next() {
        skip(" \t\r\n;");
        if (is_at_end()) return std::nullopt;
        auto key = read_key();
        skip(blanks);
        const bool is_quoted = !is_at_end() && (text_[at_] == '"' || text_[at_] == '\'');
        return AdoNetPair{plain_ado_net_key(key), is_quoted ? read_quoted() : read_plain()};
    }

private:
    bool is_at_end() const { return at_ >= text_.size(); }
    void skip(std::string_view bytes) { at_ = std::min(text_.find_first_not_of(bytes, at_), text_.size()); }

    std::string_view read_key() {
        const auto end = text_.find_first_of("=;", at_);
        if (end == text_.npos || text_[end] == ';')
            throw fault("has a word without '=' after it", "a value that holds a ';' is written in quotes");
        const auto key = text_.substr(at_, end - at_);
        at_ = end + 1;
        return key;
    }

    std::string read_plain() {
        const auto end = std::min(text_.find(';', at_), text_.size());
        const auto value = base::trim(text_.substr(at_, end - at_));
        at_ = end;
        return std::string(value);
    }

    std::string read_quoted() {
        const char quote = text_[at_++];
        std::string value;
        for (; !is_at_end(); ++at_) {
            if (text_[at_] == quote) {
                const bool is_doubled = at_ + 1 < text_.size() && text_[at_ + 1] == quote;
                if (!is_doubled) return end_quoted(std::move(value));
                ++at_;
            }
            value += text_[at_];
        }
        throw fault("has a quote that is not closed", "inside quotes, the same quote is written twice");
    }

    std::string end_quoted(std::string value) {
        ++at_;
        skip(blanks);
        if (!is_at_end() && text_[at_] != ';')
            throw fault("goes on after a quoted value without a ';'", "inside quotes, the same quote is written twice");
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string plain_ado_net_key(std::string_view written) {
    auto key = base::to_lower(base::trim(written));
    std::erase_if(key, [](char byte) { return byte == ' ' || byte == '_'; });
    return key;
}

std::vector<AdoNetPair> read_ado_net_pairs(std::string_view text) {
    PairReader reader(text);
    std::vector<AdoNetPair> pairs;
    while (auto pair = reader.next()) pairs.push_back(std::move(*pair));
    return pairs;
}

}  // namespace headgate::url
