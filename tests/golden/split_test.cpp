// SPDX-License-Identifier: Apache-2.0
// Each split/<name>.<dialect>.sql is split and compared with split/<name>.<dialect>.expected: one block a statement.
// HEADGATE_UPDATE_GOLDEN=1 writes the expected files anew; read the difference before it is kept.
#include <cstdlib>
#include <filesystem>
#include <format>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "base/text.hpp"
#include "sql/script.hpp"
#include "support/temp_folder.hpp"

namespace headgate {
namespace {

namespace fs = std::filesystem;
using sql::StatementKind;

std::string_view name_of(StatementKind kind) {
    switch (kind) {
        case StatementKind::ordinary:
            return "ordinary";
        case StatementKind::empty:
            return "empty";
        case StatementKind::begin:
            return "begin";
        case StatementKind::commit:
            return "commit";
        case StatementKind::savepoint:
            return "savepoint";
        case StatementKind::transaction_control:
            return "transaction_control";
        case StatementKind::pragma:
            return "pragma";
        case StatementKind::setting:
            return "setting";
        case StatementKind::copy_from_stdin:
            return "copy_from_stdin";
        case StatementKind::psql_restrict:
            return "psql_restrict";
        case StatementKind::psql_command:
            return "psql_command";
        case StatementKind::outside_transaction:
            return "outside_transaction";
        case StatementKind::session_advisory_lock:
            return "session_advisory_lock";
        case StatementKind::set_client_encoding:
            return "set_client_encoding";
        case StatementKind::set_standard_conforming_strings:
            return "set_standard_conforming_strings";
    }
    return "?";
}

// Every line behind a margin, carriage returns made visible.
std::string indent(std::string_view text, std::string_view margin) {
    if (text.empty()) return "";
    std::string indented(margin);
    for (const char byte : text) {
        if (byte == '\r') {
            indented += "\\r";
        } else {
            indented += byte;
            if (byte == '\n') indented += margin;
        }
    }
    return indented + "\n";
}

std::string render(const sql::SplitResult& result, std::string_view text) {
    std::string out;
    for (const sql::Statement& statement : result.statements) {
        out += std::format("{} line {}\n", name_of(statement.kind), statement.line);
        out += indent(statement.body(text), "    ");
        if (statement.kind == StatementKind::copy_from_stdin) {
            out += std::format("  data of {} bytes\n", statement.data_size);
            out += indent(text.substr(statement.data_offset, statement.data_size), "  > ");
        }
    }
    for (const sql::SplitResult::Fault& fault : result.faults) {
        const base::SourceSpot spot = base::locate("", text, fault.offset, 1);
        out += std::format("fault {}:{} {}\n", spot.line, spot.column, fault.message);
    }
    return out;
}

base::DialectId dialect_of(const fs::path& file) {
    return file.stem().extension() == ".sqlite" ? base::DialectId::sqlite : base::DialectId::postgresql;
}

void check_joins(const sql::SplitResult& result, std::string_view text) {
    std::size_t offset = 0;
    for (const sql::Statement& statement : result.statements) {
        CHECK(statement.offset == offset);
        offset += statement.size;
    }
    CHECK(offset == text.size());
}

std::set<fs::path> golden_files() {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(HEADGATE_SOURCE_DIR) / "tests/golden/split")) {
        if (entry.path().extension() == ".sql") files.insert(entry.path());
    }
    return files;
}

}  // namespace

TEST_CASE("every text of golden/split is cut into the statements that its expected file shows", "[golden]") {
    const bool is_update = std::getenv("HEADGATE_UPDATE_GOLDEN") != nullptr;
    const std::set<fs::path> files = golden_files();
    REQUIRE(files.size() >= 40);
    for (const fs::path& file : files) {
        INFO(file.filename());
        const std::string text = support::read_file(file);
        const sql::SplitResult result = sql::split(text, dialect_of(file));
        check_joins(result, text);
        const fs::path expected = fs::path(file).replace_extension(".expected");
        if (is_update) support::write_file(expected, render(result, text));
        REQUIRE(fs::exists(expected));
        CHECK(render(result, text) == support::read_file(expected));
    }
}

}  // namespace headgate
