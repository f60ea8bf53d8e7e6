// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/index_check.hpp"

#include <algorithm>
#include <format>
#include <string_view>

#include "database/postgres/exchange.hpp"
#include "sql/quote.hpp"

namespace headgate::database::postgres {

namespace {

using sql::quote_identifier;
using sql::quote_literal;

constexpr std::string_view build_note = "index of table ";
constexpr std::string_view drop_note = "drop of index ";

// The index is named, too: the statement may be another one when the note is read. A note is one line.
std::string render_build_note(std::string_view table, const std::string& name) {
    auto note = std::format("{}{} {}", build_note, table, name);
    std::ranges::replace_if(note, [](char byte) { return byte == '\n' || byte == '\r'; }, ' ');
    return note;
}

std::string_view table_of(std::string_view note) {
    note.remove_prefix(build_note.size());
    return note.substr(0, note.find(' '));
}

std::string table_expression(const sql::ConcurrentIndex& index) {
    return std::format("pg_catalog.to_regclass({})::oid", quote_literal(index.table));
}

// At most one row: an index lives in its table's schema, where no other relation has its name.
std::string look_query(const std::string& table, const std::string& name) {
    return std::format(
        "SELECT n.nspname, c.relname, c.relkind, i.indisvalid AND i.indisready, EXISTS (SELECT FROM "
        "pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid) FROM pg_catalog.pg_index i JOIN "
        "pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
        "i.indrelid = {} AND c.relname = {}",
        table, quote_literal(name));
}

IndexState read_state(const PGresult* row) {
    const auto is_true = [row](int column) { return *PQgetvalue(row, 0, column) == 't'; };
    if (is_true(3)) return IndexState::valid;
    // The parent of a partitioned table's indexes is invalid until each partition has its own.
    if (*PQgetvalue(row, 0, 2) == 'I') return IndexState::not_ours_to_mend;
    return is_true(4) ? IndexState::in_work : IndexState::invalid;
}

IndexLook look(PGconn* connection, const std::string& table, const std::string& name, base::Stop stop) {
    IndexLook found;
    exchange(
        connection, look_query(table, name),
        [&](std::size_t, const PGresult* row) {
            found = {read_state(row), std::format("{}.{}", quote_identifier(PQgetvalue(row, 0, 0)),
                                                  quote_identifier(PQgetvalue(row, 0, 1)))};
        },
        stop);
    return found;
}

}  // namespace

std::string note_index(PGconn* connection, const sql::ConcurrentIndex& index, base::Stop stop) {
    std::string note;
    const auto query = std::format(
        "SELECT t.oid, EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = t.relnamespace AND c.relname = "
        "{}) FROM pg_catalog.pg_class t WHERE t.oid = {}",
        quote_literal(index.name), table_expression(index));
    exchange(
        connection, query,
        [&](std::size_t, const PGresult* row) {
            const bool is_taken = *PQgetvalue(row, 0, 1) == 't';
            note = is_taken ? "name taken" : render_build_note(PQgetvalue(row, 0, 0), index.name);
        },
        stop);
    return note;
}

std::optional<IndexLook> look_at_index(PGconn* connection, const std::string& note, const sql::ConcurrentIndex& index,
                                       base::Stop stop) {
    if (!note.starts_with(build_note)) return std::nullopt;
    const auto table = table_of(note);
    if (note != render_build_note(table, index.name)) return std::nullopt;
    return look(connection, std::format("{}::oid", quote_literal(table)), index.name, stop);
}

std::string note_drop(PGconn* connection, const sql::ConcurrentIndex& index, base::Stop stop) {
    std::string note;
    exchange(
        connection, std::format("SELECT pg_catalog.to_regclass({})::oid", quote_literal(index.name)),
        [&](std::size_t, const PGresult* row) {
            if (PQgetisnull(row, 0, 0) == 0) note = std::format("{}{}", drop_note, PQgetvalue(row, 0, 0));
        },
        stop);
    return note;
}

bool is_still_there(PGconn* connection, const std::string& note, base::Stop stop) {
    if (!note.starts_with(drop_note)) return true;
    bool is_there = false;
    exchange(
        connection,
        std::format("SELECT FROM pg_catalog.pg_class WHERE oid = {}::oid",
                    quote_literal(note.substr(drop_note.size()))),
        [&](std::size_t, const PGresult*) { is_there = true; }, stop);
    return is_there;
}

IndexLook look_at_index(PGconn* connection, const sql::ConcurrentIndex& index, base::Stop stop) {
    return look(connection, table_expression(index), index.name, stop);
}

}  // namespace headgate::database::postgres
