// SPDX-License-Identifier: Apache-2.0
// "cannot run inside a transaction block": the list is that of PostgreSQL 17's reference pages, tried on a server.
#include "sql/classify_postgres.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/copy_watch.hpp"

namespace headgate::sql {
namespace {

using Option = StatementReader::Option;

StatementKind outside_if(bool is_outside) {
    return is_outside ? StatementKind::outside_transaction : StatementKind::ordinary;
}

bool is_on(const std::vector<Option>& options, std::string_view name, bool otherwise) {
    const auto found = std::ranges::find(options, name, &Option::name);
    return found == options.end() ? otherwise : found->is_on;
}

bool has(const std::vector<Option>& options, std::string_view name) {
    return std::ranges::contains(options, name, &Option::name);
}

StatementKind read_start(StatementReader& reader) {
    return reader.take("transaction") ? StatementKind::begin : StatementKind::ordinary;
}

// COMMIT or END [WORK | TRANSACTION] [AND NO CHAIN]; with AND CHAIN or PREPARED it is no end of a pair.
StatementKind read_commit(StatementReader& reader) {
    if (!reader.take("work")) reader.take("transaction");
    if (reader.is_end()) return StatementKind::commit;
    const bool is_plain = reader.take("and") && reader.take("no") && reader.take("chain") && reader.is_end();
    return is_plain ? StatementKind::commit : StatementKind::transaction_control;
}

StatementKind read_rollback(StatementReader& reader) {
    if (!reader.take("work")) reader.take("transaction");
    return reader.take("to") ? StatementKind::savepoint : StatementKind::transaction_control;
}

// PREPARE TRANSACTION 'id'; a prepared statement may be named "transaction" too.
StatementKind read_prepare(StatementReader& reader) {
    const bool is_transaction = reader.take("transaction") && reader.token().kind == TokenKind::string;
    return is_transaction ? StatementKind::transaction_control : StatementKind::ordinary;
}

StatementKind read_copy(StatementReader& reader) {
    CopyWatch watch;
    for (; !reader.is_end(); reader.advance()) watch.see(reader.token());
    return watch.wants_data() ? StatementKind::copy_from_stdin : StatementKind::ordinary;
}

StatementKind read_create(StatementReader& reader) {
    reader.take("unique");
    if (reader.take("index")) return outside_if(reader.take("concurrently"));
    if (reader.take("database") || reader.take("tablespace")) return StatementKind::outside_transaction;
    if (!reader.take("subscription")) return StatementKind::ordinary;
    const std::vector<Option> options = reader.skip_past("with") ? reader.take_options() : std::vector<Option>{};
    return outside_if(is_on(options, "create_slot", is_on(options, "connect", true)));
}

StatementKind read_drop(StatementReader& reader) {
    if (reader.take("index")) return outside_if(reader.take("concurrently"));
    return outside_if(reader.take("database") || reader.take("tablespace") || reader.take("subscription"));
}

// ALTER TABLE … DETACH PARTITION … CONCURRENTLY.
StatementKind read_alter_table(StatementReader& reader) {
    if (!reader.skip_past("detach") || !reader.take("partition")) return StatementKind::ordinary;
    return outside_if(reader.skip_past("concurrently") && reader.is_end());
}

// ALTER DATABASE name SET TABLESPACE name, or [WITH] TABLESPACE [=] name.
StatementKind read_alter_database(StatementReader& reader) {
    reader.advance();
    if (!reader.take("set")) reader.take("with");
    return outside_if(reader.take("tablespace"));
}

// What refreshes a subscription, as setting its publications does, and its failover option.
StatementKind read_alter_subscription(StatementReader& reader) {
    reader.advance();
    if (reader.take("refresh")) return StatementKind::outside_transaction;
    if (!reader.take("set") && !reader.take("add") && !reader.take("drop")) return StatementKind::ordinary;
    if (!reader.take("publication")) return outside_if(has(reader.take_options(), "failover"));
    const std::vector<Option> options = reader.skip_past("with") ? reader.take_options() : std::vector<Option>{};
    return outside_if(is_on(options, "refresh", true));
}

StatementKind read_alter(StatementReader& reader) {
    if (reader.take("system")) return StatementKind::outside_transaction;
    if (reader.take("table")) return read_alter_table(reader);
    if (reader.take("database")) return read_alter_database(reader);
    return reader.take("subscription") ? read_alter_subscription(reader) : StatementKind::ordinary;
}

// REINDEX of more than one table or index commits between them; so does CONCURRENTLY, in either of its places.
StatementKind read_reindex(StatementReader& reader) {
    if (is_on(reader.take_options(), "concurrently", false)) return StatementKind::outside_transaction;
    if (reader.take("schema") || reader.take("database") || reader.take("system")) {
        return StatementKind::outside_transaction;
    }
    return outside_if((reader.take("table") || reader.take("index")) && reader.take("concurrently"));
}

StatementKind read_vacuum(StatementReader&) {
    return StatementKind::outside_transaction;
}

// CLUSTER without a table.
StatementKind read_cluster(StatementReader& reader) {
    reader.take_options();
    reader.take("verbose");
    return outside_if(reader.is_end());
}

StatementKind read_discard(StatementReader& reader) {
    return outside_if(reader.take("all"));
}

// PostgreSQL compares encoding names by their letters and digits alone.
bool is_utf8(std::string name) {
    std::erase_if(name, [](char byte) { return byte == '-' || byte == '_' || byte == ' '; });
    return name == "utf8" || name == "unicode";
}

// The one value that stands here, and nothing behind it; else nothing.
std::optional<std::string> read_value(StatementReader& reader) {
    std::optional<std::string> value = setting_text(reader.token());
    reader.advance();
    return reader.is_end() ? value : std::nullopt;
}

// SET LOCAL, SET TRANSACTION and SET CONSTRAINTS end with the transaction.
bool ends_with_transaction(const StatementReader& reader) {
    return is_word(reader.token(), "local") || is_word(reader.token(), "transaction") ||
           is_word(reader.token(), "constraints");
}

// pg_dump's output sets both to what they have to be anyway: that is harmless.
StatementKind read_encoding(StatementReader& reader) {
    const bool is_harmless = is_utf8(read_value(reader).value_or(""));
    return is_harmless ? StatementKind::setting : StatementKind::set_client_encoding;
}

StatementKind read_conforming(StatementReader& reader) {
    constexpr std::array<std::string_view, 4> yes = {"on", "true", "yes", "1"};
    const bool is_harmless = std::ranges::contains(yes, read_value(reader).value_or(""));
    return is_harmless ? StatementKind::setting : StatementKind::set_standard_conforming_strings;
}

StatementKind read_set(StatementReader& reader) {
    const auto usual = ends_with_transaction(reader) ? StatementKind::ordinary : StatementKind::setting;
    if (!reader.take("session")) reader.take("local");
    const std::string name = setting_text(reader.token()).value_or("");
    reader.advance();
    if (is_symbol(reader.token(), '.')) return usual;  // an extension's setting
    if (name == "names") return read_encoding(reader);
    if (!reader.take("to")) reader.take_symbol('=');
    if (name == "client_encoding") return read_encoding(reader);
    return name == "standard_conforming_strings" ? read_conforming(reader) : usual;
}

StatementKind read_reset(StatementReader& reader) {
    const std::string name = setting_text(reader.token()).value_or("");
    if (name == "client_encoding") return StatementKind::set_client_encoding;
    return name == "standard_conforming_strings" ? StatementKind::set_standard_conforming_strings
                                                 : StatementKind::setting;
}

StatementKind read_begin(StatementReader&) {
    return StatementKind::begin;
}

StatementKind read_savepoint(StatementReader&) {
    return StatementKind::savepoint;
}

StatementKind read_abort(StatementReader&) {
    return StatementKind::transaction_control;
}

struct FirstWord {
    std::string_view word;
    StatementKind (*read)(StatementReader&);
};

constexpr auto first_words = std::to_array<FirstWord>({
    {"begin", read_begin},       {"start", read_start},     {"commit", read_commit},       {"end", read_commit},
    {"rollback", read_rollback}, {"abort", read_abort},     {"savepoint", read_savepoint}, {"release", read_savepoint},
    {"prepare", read_prepare},   {"copy", read_copy},       {"create", read_create},       {"drop", read_drop},
    {"alter", read_alter},       {"reindex", read_reindex}, {"vacuum", read_vacuum},       {"cluster", read_cluster},
    {"discard", read_discard},   {"set", read_set},         {"reset", read_reset},
});

}  // namespace

StatementKind classify_postgres(StatementReader& reader) {
    if (is_word(reader.token(), "copy")) return read_copy(reader);
    for (const FirstWord& first : first_words) {
        if (reader.take(first.word)) return first.read(reader);
    }
    return StatementKind::ordinary;
}

}  // namespace headgate::sql
