// SPDX-License-Identifier: Apache-2.0
#include "sql/classify.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/classify_postgres.hpp"
#include "sql/scan.hpp"
#include "sql/statement_reader.hpp"

namespace headgate::sql {
namespace {

StatementKind read_sqlite_rollback(StatementReader& reader) {
    return reader.skip_past("to") ? StatementKind::savepoint : StatementKind::transaction_control;
}

// Some pragmas act when they are prepared, so EXPLAIN does not keep them from it.
StatementKind read_sqlite_explain(StatementReader& reader) {
    if (reader.take("query")) reader.take("plan");
    return reader.take("pragma") ? StatementKind::pragma : StatementKind::ordinary;
}

StatementKind classify_sqlite(StatementReader& reader) {
    if (reader.take("begin")) return StatementKind::begin;
    if (reader.take("commit") || reader.take("end")) return StatementKind::commit;
    if (reader.take("rollback")) return read_sqlite_rollback(reader);
    if (reader.take("savepoint") || reader.take("release")) return StatementKind::savepoint;
    if (reader.take("pragma")) return StatementKind::pragma;
    // A database that was attached and used cannot be detached before the transaction ends.
    if (reader.take("vacuum") || reader.take("detach")) return StatementKind::outside_transaction;
    if (reader.take("explain")) return read_sqlite_explain(reader);
    return StatementKind::ordinary;
}

}  // namespace

StatementKind classify(std::string_view body, base::DialectId dialect) {
    StatementReader reader(body, dialect);
    if (reader.token().kind != TokenKind::word) return StatementKind::ordinary;
    switch (dialect) {
        case base::DialectId::postgresql:
            return classify_postgres(reader);
        case base::DialectId::sqlite:
            return classify_sqlite(reader);
        case base::DialectId::sqlserver:
            break;
    }
    return StatementKind::ordinary;
}

bool is_session_lock(const Token& name) {
    constexpr std::array<std::string_view, 7> functions = {
        "pg_advisory_lock",   "pg_advisory_lock_shared",   "pg_try_advisory_lock",  "pg_try_advisory_lock_shared",
        "pg_advisory_unlock", "pg_advisory_unlock_shared", "pg_advisory_unlock_all"};
    constexpr std::size_t shortest = functions[0].size();
    if (name.text.size() < shortest) return false;
    if (name.kind != TokenKind::word && name.kind != TokenKind::quoted_identifier) return false;
    return std::ranges::contains(functions, setting_text(name).value_or(""));
}

bool is_restrict_command(std::string_view backslash_line) {
    std::string_view line = base::trim(backslash_line.substr(1));
    if (line.starts_with("un")) line.remove_prefix(2);
    constexpr std::string_view name = "restrict";
    if (!line.starts_with(name)) return false;
    line.remove_prefix(name.size());
    const std::string_view key = base::trim(line);
    const auto is_plain = [](char byte) { return is_digit(byte) || is_letter(byte); };
    return key.size() < line.size() && !key.empty() && std::ranges::all_of(key, is_plain);
}

}  // namespace headgate::sql
