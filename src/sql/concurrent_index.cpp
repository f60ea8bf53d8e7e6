// SPDX-License-Identifier: Apache-2.0
#include "sql/concurrent_index.hpp"

#include "base/text.hpp"
#include "sql/statement_reader.hpp"

namespace headgate::sql {

namespace {

// As the server folds and stores it; empty for what is no plain name.
std::string catalog_name(const Token& token) {
    if (token.kind == TokenKind::word) return base::to_lower(token.text);
    if (token.kind != TokenKind::quoted_identifier || token.text.front() != '"' || token.text.size() < 2) return "";
    std::string name;
    const auto inside = token.text.substr(1, token.text.size() - 2);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        name += inside[i];
        if (inside[i] == '"') ++i;  // doubled
    }
    return name;
}

// "name" or "schema.name", as it is written.
std::string take_written_name(StatementReader& reader) {
    std::string name;
    while (reader.token().kind == TokenKind::word || reader.token().kind == TokenKind::quoted_identifier) {
        name += reader.token().text;
        reader.advance();
        if (!reader.take_symbol('.')) break;
        name += '.';
    }
    return name;
}

ConcurrentIndex read_create(StatementReader& reader) {
    ConcurrentIndex index;
    if (reader.take("if") && reader.take("not")) reader.take("exists");
    if (!is_word(reader.token(), "on")) {
        index.name = catalog_name(reader.token());
        reader.advance();
    }
    if (!reader.take("on")) return index;
    reader.take("only");
    index.table = take_written_name(reader);
    return index;
}

ConcurrentIndex read_drop(StatementReader& reader) {
    if (reader.take("if")) reader.take("exists");
    return {ConcurrentIndex::Action::drop, take_written_name(reader), ""};
}

}  // namespace

std::optional<ConcurrentIndex> read_concurrent_index(std::string_view body) {
    StatementReader reader(body, base::DialectId::postgresql);
    const bool is_drop = reader.take("drop");
    if (!is_drop && !reader.take("create")) return std::nullopt;
    if (!is_drop) reader.take("unique");
    if (!reader.take("index") || !reader.take("concurrently")) return std::nullopt;
    return is_drop ? read_drop(reader) : read_create(reader);
}

}  // namespace headgate::sql
