// SPDX-License-Identifier: Apache-2.0
// The ledger's SQL for SQLite.
#include "database/dialect.hpp"

#include <format>
#include <type_traits>

#include "database/sqlite/driver.hpp"
#include "sql/quote.hpp"

namespace headgate::database::sqlite {

namespace {

constexpr std::string_view columns =
    "sequence, layout, kind, revision, parents, depends_on, message, checksum_raw, checksum_tokens, "
    "checksum_algorithm, state, statements_done, applied_at, duration_ms, applied_by, host, run_id, image_label, "
    "headgate_version, breaking, journal";

std::string insert_row(std::string_view table, const ledger::Row& row) {
    const auto text = [](std::string_view value) { return sql::quote_literal(value); };
    return std::format(
        "INSERT INTO {}\n    (layout, kind, revision, parents, depends_on, message, checksum_raw, checksum_tokens, "
        "checksum_algorithm, state, statements_done, applied_at, duration_ms, applied_by, host, run_id, image_label, "
        "headgate_version, breaking, journal)\nVALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, "
        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), {}, {}, {}, {}, {}, {}, {}, {})",
        table, row.layout, text(row.kind), text(row.revision), text(ledger::render_ids(row.parents)),
        text(ledger::render_ids(row.depends_on)), text(row.message), text(row.checksums.raw),
        text(row.checksums.tokens), row.checksums.algorithm, text(ledger::name_of(row.state)), row.statements_done,
        row.duration.count(), text(row.applied_by), text(row.host), text(row.run_id), text(row.image_label),
        text(row.headgate_version), row.is_breaking ? 1 : 0, text(row.journal));
}

std::string delete_row(std::string_view table, std::string_view revision) {
    return std::format("DELETE FROM {} WHERE revision = {}", table, sql::quote_literal(revision));
}

std::string update_checksums(std::string_view table, const UpdateChecksums& change) {
    return std::format(
        "UPDATE {} SET checksum_raw = {}, checksum_tokens = {}, checksum_algorithm = {} WHERE revision = {}", table,
        sql::quote_literal(change.checksums.raw), sql::quote_literal(change.checksums.tokens),
        change.checksums.algorithm, sql::quote_literal(change.revision));
}

std::string update_journal(std::string_view table, const UpdateJournal& change) {
    const auto text = [](std::string_view value) { return sql::quote_literal(value); };
    return std::format(
        "UPDATE {} SET state = {}, statements_done = {}, journal = {}, checksum_raw = {}, checksum_tokens = {}, "
        "checksum_algorithm = {}, duration_ms = {}, applied_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE revision "
        "= {} AND journal = {}",
        table, text(ledger::name_of(change.state)), change.statements_done, text(change.journal),
        text(change.checksums.raw), text(change.checksums.tokens), change.checksums.algorithm, change.duration.count(),
        text(change.revision), text(change.journal_before));
}

class SqliteDialect final : public Dialect {
public:
    // AUTOINCREMENT, because without it SQLite gives the number of a deleted last row again.
    std::string create_ledger(std::string_view qualified_name) const override {
        return std::format(
            "CREATE TABLE {} (\n"
            "    sequence INTEGER PRIMARY KEY AUTOINCREMENT,\n"
            "    layout INTEGER NOT NULL,\n"
            "    kind TEXT NOT NULL,\n"
            "    revision TEXT NOT NULL UNIQUE,\n"
            "    parents TEXT NOT NULL,\n"
            "    depends_on TEXT NOT NULL,\n"
            "    message TEXT NOT NULL,\n"
            "    checksum_raw TEXT NOT NULL,\n"
            "    checksum_tokens TEXT NOT NULL,\n"
            "    checksum_algorithm INTEGER NOT NULL,\n"
            "    state TEXT NOT NULL,\n"
            "    statements_done INTEGER NOT NULL,\n"
            "    applied_at TEXT NOT NULL,\n"
            "    duration_ms INTEGER NOT NULL,\n"
            "    applied_by TEXT NOT NULL,\n"
            "    host TEXT NOT NULL,\n"
            "    run_id TEXT NOT NULL,\n"
            "    image_label TEXT NOT NULL,\n"
            "    headgate_version TEXT NOT NULL,\n"
            "    breaking INTEGER NOT NULL,\n"
            "    journal TEXT NOT NULL\n"
            ")",
            qualified_name);
    }

    std::string change_ledger(std::string_view qualified_name, const LedgerChange& change) const override {
        return std::visit(
            [&](const auto& one) {
                using Change = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<Change, InsertRow>)
                    return insert_row(qualified_name, one.row);
                else if constexpr (std::is_same_v<Change, DeleteRow>)
                    return delete_row(qualified_name, one.revision);
                else if constexpr (std::is_same_v<Change, UpdateChecksums>)
                    return update_checksums(qualified_name, one);
                else
                    return update_journal(qualified_name, one);
            },
            change);
    }

    std::string select_ledger(std::string_view qualified_name) const override {
        return std::format("SELECT {} FROM {} ORDER BY sequence", columns, qualified_name);
    }
};

}  // namespace

const Dialect& dialect() {
    static const SqliteDialect sqlite;
    return sqlite;
}

}  // namespace headgate::database::sqlite
