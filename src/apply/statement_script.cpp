// SPDX-License-Identifier: Apache-2.0
#include "apply/statement_script.hpp"

#include <algorithm>
#include <string_view>

#include "base/sha256.hpp"
#include "revision/revision_file.hpp"
#include "sql/checksum_tokens.hpp"

namespace headgate::apply {

namespace {

using sql::StatementKind;

bool is_setting(const sql::Statement& statement) {
    return statement.kind == StatementKind::setting;
}

// A PRAGMA is both a setting and work: the connection keeps what it was told, and the file may too.
bool holds_for_later(const sql::Statement& statement) {
    return is_setting(statement) || statement.kind == StatementKind::pragma;
}

}  // namespace

StatementScript::StatementScript(const revision::Revision& revision, revision::Direction direction,
                                 base::DialectId dialect)
    : dialect_(dialect), whole_(revision::read_script(revision, direction, dialect)) {}

std::size_t StatementScript::next_work(std::size_t index) const {
    while (index < size() && is_setting(whole_.statements[index])) ++index;
    return index;
}

bool StatementScript::must_run_alone(std::size_t index) const {
    const auto kind = whole_.statements[index].kind;
    return kind == StatementKind::outside_transaction || kind == StatementKind::pragma;
}

sql::Script StatementScript::script_of(std::size_t index) const {
    sql::Script script{whole_.file, whole_.first_line, whole_.text, {}};
    for (std::size_t i = 0; i < index; ++i) {
        if (holds_for_later(whole_.statements[i])) script.statements.push_back(whole_.statements[i]);
    }
    script.statements.push_back(whole_.statements[index]);
    return script;
}

std::string StatementScript::fingerprint(std::size_t count) const {
    base::Sha256 hash;
    for (std::size_t i = 0; i < count; ++i) {
        sql::hash_tokens(whole_.statements[i].body(whole_.text), dialect_, hash);
        hash.add(";");
    }
    return hash.finish().substr(0, 16);
}

base::SourceSpot StatementScript::spot_of(std::size_t index) const {
    return whole_.spot_of(whole_.statements[index].body_offset);
}

std::string StatementScript::first_line_of(std::size_t index) const {
    constexpr std::size_t longest = 80;
    const auto body = whole_.statements[index].body(whole_.text);
    return std::string(body.substr(0, std::min(body.find_first_of("\r\n"), longest)));
}

}  // namespace headgate::apply
