// SPDX-License-Identifier: Apache-2.0
// Where PostgreSQL's messages end in a stream of bytes (protocol 3, without TLS): a type, then a length that counts
// itself. A client's first message has no type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace headgate::support {

class MessageCounter {
public:
    enum class Speaker { client, server };
    explicit MessageCounter(Speaker speaker) : has_type_(speaker == Speaker::server) {}

    // Takes bytes until `most` further messages have ended or no byte is left. Gives how many bytes were taken.
    std::size_t take(std::span<const char> bytes, std::uint64_t most);
    // Messages that have ended so far.
    std::uint64_t messages() const { return messages_; }

private:
    void take_header(char byte);

    bool has_type_;
    std::size_t header_size_ = 0;  // bytes of the header that were seen
    std::uint32_t length_ = 0;
    std::size_t body_left_ = 0;
    std::uint64_t messages_ = 0;
};

}  // namespace headgate::support
