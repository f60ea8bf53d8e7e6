// SPDX-License-Identifier: Apache-2.0
// Watches PostgreSQL's tokens go by for COPY … FROM STDIN, whose data starts on the line after the semicolon that ends
// it. That is where psql reads it, and nothing but the statement itself tells.
#pragma once

#include <cstddef>

#include "sql/token.hpp"

namespace headgate::sql {

class CopyWatch {
public:
    void see(const Token& token);
    // COPY … FROM STDIN; was seen, its line has not ended.
    bool waits_for_line_end() const { return place_ == Place::ended; }
    // The next byte is the first of the data.
    bool is_at_data() const { return place_ == Place::data; }
    // COPY … FROM STDIN was seen, its data was not.
    bool wants_data() const { return waits_for_line_end() || is_at_data() || place_ == Place::from_stdin; }

private:
    enum class Place { statement_start, elsewhere, copy, from, from_stdin, ended, data };

    Place after_word(const Token& token) const;
    void see_symbol(char symbol);

    Place place_ = Place::statement_start;
    std::size_t open_parentheses_ = 0;
};

}  // namespace headgate::sql
