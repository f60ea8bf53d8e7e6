// SPDX-License-Identifier: Apache-2.0
// Each revision/<name>.sql is read by both dialects and compared with revision/<name>.expected: the header, the
// statements of both directions, or the problems. HEADGATE_UPDATE_GOLDEN=1 writes the expected files anew.
#include <cstdlib>
#include <filesystem>
#include <format>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "base/text.hpp"
#include "revision/revision_file.hpp"
#include "support/temp_folder.hpp"

namespace headgate {
namespace {

namespace fs = std::filesystem;
using base::DialectId;
using revision::Direction;
using revision::Revision;

std::string render_place(const base::SourceSpot& spot) {
    return base::render_spot({fs::path(spot.file).filename().string(), spot.line, spot.column});
}

std::string render_problems(const std::vector<base::Problem>& problems) {
    std::string out;
    for (const base::Problem& problem : problems) {
        out += std::format("  {}: {}\n    hint: {}\n", render_place(problem.spot), problem.message, problem.hint);
    }
    return out;
}

std::string render_header(const Revision& revision) {
    std::string out = std::format("  revision {} \"{}\" {}\n", revision.id, revision.message, revision.create_date);
    if (!revision.is_base()) out += std::format("  after {}\n", base::join(revision.down_revisions, ", "));
    if (!revision.depends_on.empty()) out += std::format("  depends on {}\n", base::join(revision.depends_on, ", "));
    if (revision.transaction == revision::TransactionMode::none) out += "  without a transaction\n";
    if (revision.is_breaking) out += "  breaking\n";
    if (revision.lock_timeout) out += std::format("  lock_timeout {} ms\n", revision.lock_timeout->count());
    return out;
}

std::string render_script(const Revision& revision, Direction direction, DialectId dialect) {
    const sql::Script script = read_script(revision, direction, dialect);
    std::string out = std::format("  {} from line {}\n", name_of(direction), script.first_line);
    for (const sql::Statement& statement : script.statements) {
        const base::SourceSpot spot = script.spot_of(statement.body_offset);
        out += std::format("    {}:{} {}\n", spot.line, spot.column, statement.body(script.text));
    }
    return out;
}

std::string render(const fs::path& file, const std::string& text, DialectId dialect) {
    std::string out = std::format("{}\n", base::name_of(dialect));
    const revision::ParsedFile parsed = revision::parse_revision(text, file, dialect);
    if (!parsed.problems.empty()) return out + render_problems(parsed.problems);
    out += render_header(*parsed.revision) + render_script(*parsed.revision, Direction::upgrade, dialect);
    if (!parsed.revision->downgrade) return out + "  no downgrade\n";
    return out + render_script(*parsed.revision, Direction::downgrade, dialect);
}

std::set<fs::path> golden_files() {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(HEADGATE_SOURCE_DIR) / "tests/golden/revision")) {
        if (entry.path().extension() == ".sql") files.insert(entry.path());
    }
    return files;
}

}  // namespace

TEST_CASE("every file of golden/revision is read as its expected file shows", "[golden]") {
    const bool is_update = std::getenv("HEADGATE_UPDATE_GOLDEN") != nullptr;
    const std::set<fs::path> files = golden_files();
    REQUIRE(files.size() >= 10);
    for (const fs::path& file : files) {
        INFO(file.filename());
        const std::string text = support::read_file(file);
        const std::string found = render(file, text, DialectId::postgresql) + render(file, text, DialectId::sqlite);
        const fs::path expected = fs::path(file).replace_extension(".expected");
        if (is_update) support::write_file(expected, found);
        REQUIRE(fs::exists(expected));
        CHECK(found == support::read_file(expected));
    }
}

}  // namespace headgate
