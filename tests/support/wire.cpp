// SPDX-License-Identifier: Apache-2.0
#include "support/wire.hpp"

#include <algorithm>

namespace headgate::support {

// Never further than a message's end.
std::size_t MessageCounter::take(std::span<const char> bytes, std::uint64_t most) {
    const auto wanted = messages_ + most;
    std::size_t taken = 0;
    while (taken < bytes.size() && messages_ < wanted) {
        if (body_left_ == 0) {
            take_header(bytes[taken++]);
            continue;
        }
        const auto part = std::min(body_left_, bytes.size() - taken);
        taken += part;
        body_left_ -= part;
        if (body_left_ == 0) ++messages_;
    }
    return taken;
}

void MessageCounter::take_header(char byte) {
    ++header_size_;
    if (!has_type_ || header_size_ > 1) length_ = (length_ << 8) | static_cast<unsigned char>(byte);
    if (header_size_ < (has_type_ ? 5U : 4U)) return;
    body_left_ = length_ - 4;
    if (body_left_ == 0) ++messages_;
    has_type_ = true;
    header_size_ = 0;
    length_ = 0;
}

}  // namespace headgate::support
