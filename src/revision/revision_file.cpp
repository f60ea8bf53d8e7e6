// SPDX-License-Identifier: Apache-2.0
#include "revision/revision_file.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include "base/text.hpp"
#include "revision/checksum.hpp"
#include "revision/header.hpp"
#include "revision/sections.hpp"
#include "revision/source_file.hpp"
#include "revision/step_statements.hpp"

namespace headgate::revision {

namespace {

using base::DialectId;

class FileParser {
public:
    FileParser(std::string_view text, const std::filesystem::path& path, DialectId dialect)
        : text_(text), file_(path.string()), dialect_(dialect) {
        revision_.path = path;
    }

    ParsedFile run();

private:
    bool check_bytes();
    void read_sections(const HeaderText& header, HeaderOutcome outcome);
    void add_missing_upgrade(const HeaderText& header, const SectionList& list);
    Section read_section(const MarkedSection& marked, HeaderOutcome outcome);

    std::string_view text_;
    std::string file_;
    DialectId dialect_;
    Revision revision_;
    std::vector<base::Problem> problems_;
};

ParsedFile FileParser::run() {
    if (!check_bytes()) return {.revision = {}, .problems = std::move(problems_)};
    const std::optional<HeaderText> header = find_header(text_, file_, dialect_, problems_);
    if (!header) return {.revision = {}, .problems = std::move(problems_)};
    const HeaderOutcome outcome = parse_header(*header, file_, revision_, problems_);
    read_sections(*header, outcome);
    ParsedFile result{.revision = {}, .problems = std::move(problems_)};
    if (!revision_.id.empty()) result.revision = std::move(revision_);
    return result;
}

bool FileParser::check_bytes() {
    const std::optional<std::size_t> wrong = base::find_invalid_utf8(text_);
    if (!wrong) return true;
    const auto byte = static_cast<unsigned char>(text_[*wrong]);
    const auto line = static_cast<std::size_t>(std::ranges::count(text_.substr(0, *wrong), '\n')) + 1;
    problems_.push_back({{file_, line, 0},
                         byte == 0 ? "the file holds a NUL byte" : std::format("the byte 0x{:02X} is not UTF-8", byte),
                         "save the file as UTF-8"});
    return false;
}

void FileParser::read_sections(const HeaderText& header, HeaderOutcome outcome) {
    SectionList list = find_sections(text_, header.end_offset, header.end_line, file_, dialect_);
    std::ranges::move(list.problems, std::back_inserter(problems_));
    const MarkedSection* upgrade = list.find(Direction::upgrade, dialect_);
    const MarkedSection* downgrade = list.find(Direction::downgrade, dialect_);
    if (upgrade != nullptr) {
        revision_.upgrade = read_section(*upgrade, outcome);
    } else if (!list.has_mistyped_marker()) {
        add_missing_upgrade(header, list);
    }
    if (downgrade != nullptr) revision_.downgrade = read_section(*downgrade, outcome);
}

void FileParser::add_missing_upgrade(const HeaderText& header, const SectionList& list) {
    const bool has_other = std::ranges::any_of(
        list.sections, [](const MarkedSection& section) { return section.direction == Direction::upgrade; });
    const std::string_view name = base::name_of(dialect_);
    problems_.push_back({{file_, header.first_line - 1, 0},
                         has_other ? std::format("the file has no upgrade section for {}", name)
                                   : std::string("the file has no upgrade section"),
                         has_other ? std::format("add -- headgate:upgrade {}; an empty section does nothing", name)
                                   : "add -- headgate:upgrade above the SQL; an empty section does nothing"});
}

// Whether a statement is right depends on the header; where that is not known, nothing is said about statements.
Section FileParser::read_section(const MarkedSection& marked, HeaderOutcome outcome) {
    Section section{.offset = marked.offset, .size = marked.size, .line = marked.line, .checksums = {}};
    problems_.insert(problems_.end(), marked.todos.begin(), marked.todos.end());
    if (!marked.is_closed || outcome == HeaderOutcome::not_toml) return section;
    const std::string_view text = text_.substr(marked.offset, marked.size);
    StepStatements chosen = choose_statements({text, file_, marked.line, dialect_, revision_.transaction});
    std::ranges::move(chosen.problems, std::back_inserter(problems_));
    section.is_empty = chosen.statements.empty();
    section.checksums = checksums_of(text, revision_, dialect_);
    return section;
}

base::Error changed_error(const Revision& revision, std::string message) {
    return base::Error(base::ErrorKind::bad_revisions, std::move(message))
        .at({revision.path.string(), 0, 0})
        .with_hint("leave the migrations folder alone while headgate runs, and start again");
}

const Section& section_of(const Revision& revision, Direction direction) {
    if (direction == Direction::upgrade) return revision.upgrade;
    if (revision.downgrade) return *revision.downgrade;
    throw base::Error(base::ErrorKind::bad_revisions, std::format("revision {} has no downgrade section", revision.id))
        .at({revision.path.string(), 0, 0});
}

std::string read_section_text(const Revision& revision, const Section& section) {
    std::string text;
    if (const auto failure = read_file(revision.path, text, {section.offset, section.size})) {
        throw changed_error(revision, std::format("the file of revision {} {}", revision.id, *failure));
    }
    if (raw_checksum(text) != section.checksums.raw) {
        throw changed_error(revision,
                            std::format("the file of revision {} was changed after it was read", revision.id));
    }
    return text;
}

}  // namespace

ParsedFile parse_revision(std::string_view text, const std::filesystem::path& path, DialectId dialect) {
    return FileParser(text, path, dialect).run();
}

sql::Script read_script(const Revision& revision, Direction direction, DialectId dialect) {
    const Section& section = section_of(revision, direction);
    sql::Script script{revision.path.string(), section.line, read_section_text(revision, section), {}};
    StepStatements chosen = choose_statements({script.text, script.file, section.line, dialect, revision.transaction});
    if (!chosen.problems.empty()) {
        throw base::Error(base::ErrorKind::bad_revisions, std::format("revision {} cannot be run", revision.id))
            .with_problems(std::move(chosen.problems));
    }
    script.statements = std::move(chosen.statements);
    return script;
}

}  // namespace headgate::revision
