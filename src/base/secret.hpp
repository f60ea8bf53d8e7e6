// SPDX-License-Identifier: Apache-2.0
// A text that must never be printed: a password or a token. Formatting it gives "***".
#pragma once

#include <format>
#include <string>
#include <utility>

namespace headgate::base {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    // The only way to the text itself: for the login and for nothing else.
    const std::string& reveal() const { return text_; }
    bool is_empty() const { return text_.empty(); }

private:
    std::string text_;
};

inline constexpr const char* redacted = "***";

}  // namespace headgate::base

template <>
struct std::formatter<headgate::base::Secret> : std::formatter<std::string_view> {
    auto format(const headgate::base::Secret&, std::format_context& context) const {
        return std::formatter<std::string_view>::format(headgate::base::redacted, context);
    }
};
