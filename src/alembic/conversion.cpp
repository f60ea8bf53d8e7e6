// SPDX-License-Identifier: Apache-2.0
#include "alembic/conversion.hpp"

#include <algorithm>
#include <chrono>
#include <format>
#include <optional>
#include <span>
#include <sstream>
#include <utility>

#include "alembic/section.hpp"
#include "base/text.hpp"
#include "revision/new_revision.hpp"

namespace headgate::alembic {

namespace {

using base::DialectId;
using revision::Direction;

// Alembic writes the local time of whoever made the revision, with or without an offset.
std::optional<std::chrono::sys_seconds> parse_date(const std::string& text) {
    for (const char* format : {"%F %T%Ez", "%FT%T%Ez", "%F %T", "%FT%T"}) {
        std::istringstream in(text);
        std::chrono::sys_time<std::chrono::microseconds> time;
        if (in >> std::chrono::parse(format, time)) return std::chrono::floor<std::chrono::seconds>(time);
    }
    return std::nullopt;
}

// Named as new revisions are unless a setting says otherwise; a date that is not known is left out.
revision::NewRevision describe(const Source& source, revision::TransactionMode transaction) {
    const auto date = parse_date(source.create_date);
    return {.id = source.id,
            .down_revisions = source.down_revisions,
            .message = source.message,
            .create_date = date,
            .file_template =
                date ? "%(year)d%(month).2d%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s" : "%(rev)s_%(slug)s",
            .depends_on = source.depends_on,
            .branch_labels = source.branch_labels,
            .transaction = transaction};
}

class Converter {
public:
    Converter(const Source& source, const RenderingsByDialect& renderings) : source_(source) {
        for (const auto& [dialect, all] : renderings) {
            dialects_.push_back(dialect);
            for (const auto direction : {Direction::upgrade, Direction::downgrade}) {
                sections_[direction].emplace(dialect,
                                             read_section(all.by_revision.at({source.id, direction}), dialect));
            }
        }
    }
    ConvertedFile run();

private:
    using Sections = std::map<DialectId, SectionText>;

    bool needs_statement_mode() const;
    void check_sections(const std::string& header, revision::TransactionMode transaction);
    void write(Direction direction);
    void write_section(Direction direction, std::string_view dialect, const SectionText& section);
    void add_finding(Finding::Kind kind, std::size_t line, std::string text) {
        file_.findings.push_back({kind, file_.name, line, source_.id, std::move(text)});
    }
    void add_notes();

    const Source& source_;
    std::vector<DialectId> dialects_;
    std::map<Direction, Sections> sections_;
    ConvertedFile file_;
};

ConvertedFile Converter::run() {
    const auto transaction =
        needs_statement_mode() ? revision::TransactionMode::none : revision::TransactionMode::one_transaction;
    const auto described = describe(source_, transaction);
    file_.name = revision::file_name_of(described);
    file_.text = revision::render_header(described);
    check_sections(file_.text, transaction);
    write(Direction::upgrade);
    write(Direction::downgrade);
    if (transaction == revision::TransactionMode::none) {
        add_finding(Finding::Kind::note, 0, "transaction = false: its statements run and commit one by one");
    }
    add_notes();
    return std::move(file_);
}

// The header speaks for all sections of the file.
bool Converter::needs_statement_mode() const {
    return std::ranges::any_of(sections_, [](const auto& by_direction) {
        return std::ranges::any_of(by_direction.second,
                                   [](const auto& section) { return section.second.is_outside_transaction; });
    });
}

// What headgate would refuse to load becomes a hole too, so that it is in the report.
void Converter::check_sections(const std::string& header, revision::TransactionMode transaction) {
    for (auto& [direction, sections] : sections_) {
        for (auto& [dialect, section] : sections) {
            if (transaction == revision::TransactionMode::none) leave_out_transactions(section, dialect);
            if (!section.hole) section.hole = find_load_fault(header, section, dialect);
        }
    }
}

// One section for all where they are the same; else one a dialect. What was asked for one dialect alone is that
// dialect's: nobody has looked at the others.
void Converter::write(Direction direction) {
    const auto& sections = sections_.at(direction);
    const auto& first = sections.begin()->second;
    const bool is_same = std::ranges::all_of(sections, [&](const auto& other) {
        return other.second.sql == first.sql && other.second.hole == first.hole &&
               other.second.is_left_out == first.is_left_out;
    });
    const bool is_empty = first.sql.empty() && !first.hole;
    if (is_same && (is_empty || sections.size() > 1)) return write_section(direction, "", first);
    for (const auto& [dialect, section] : sections) write_section(direction, base::name_of(dialect), section);
}

void Converter::write_section(Direction direction, std::string_view dialect, const SectionText& section) {
    const auto function = std::format("{}{}{}()", source_.path, ": ", revision::name_of(direction));
    const auto of_dialect = dialect.empty() ? std::string() : std::format(" ({})", dialect);
    if (section.is_left_out) {
        return add_finding(Finding::Kind::irreversible, 0,
                           std::format("no downgrade{}: {} raises NotImplementedError", of_dialect, function));
    }
    file_.text +=
        std::format("\n-- headgate:{}{}{}\n", revision::name_of(direction), dialect.empty() ? "" : " ", dialect);
    if (section.hole) {
        const auto line = static_cast<std::size_t>(std::ranges::count(file_.text, '\n')) + 1;
        add_finding(Finding::Kind::hole, line,
                    std::format("{}{}: {}", revision::name_of(direction), of_dialect, *section.hole));
        file_.text += std::format("-- headgate:todo {}: {}\n", function, *section.hole);
        if (!section.sql.empty()) file_.text += "-- What Alembic wrote of it:\n";
    }
    if (!section.sql.empty()) file_.text += section.sql + "\n";
}

// The same note comes from both directions and every dialect.
void Converter::add_notes() {
    std::vector<std::string> said;
    for (const auto& [direction, sections] : sections_) {
        for (const auto& [dialect, section] : sections) {
            for (const auto& note : section.notes) {
                const auto text = std::format("{}: {}", revision::name_of(direction), note);
                if (std::ranges::contains(said, text)) continue;
                said.push_back(text);
                add_finding(Finding::Kind::note, 0, text);
            }
        }
    }
}

}  // namespace

ConvertedFile convert(const Source& source, const RenderingsByDialect& renderings) {
    return Converter(source, renderings).run();
}

}  // namespace headgate::alembic
