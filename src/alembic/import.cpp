// SPDX-License-Identifier: Apache-2.0
#include "alembic/import.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include "alembic/fresh_folder.hpp"
#include "base/error.hpp"

namespace headgate::alembic {

namespace {

constexpr auto report_file = "IMPORT.md";

void write_all(FreshFolder& folder, const std::vector<Source>& history, const RenderingsByDialect& renderings,
               Report& report) {
    for (const auto& source : history) {
        auto file = convert(source, renderings);
        folder.write(file.name, file.text);
        std::ranges::move(file.findings, std::back_inserter(report.findings));
    }
    report.revisions = history.size();
}

std::string render_finding(const Finding& finding) {
    const auto place = finding.line == 0 ? finding.file : std::format("{}:{}", finding.file, finding.line);
    return std::format("- {}: {}\n", place, finding.text);
}

std::string render_findings(const Report& report, Finding::Kind kind, std::string_view title) {
    if (report.count(kind) == 0) return "";
    auto text = std::format("\n## {}\n\n", title);
    for (const auto& finding : report.findings) {
        if (finding.kind == kind) text += render_finding(finding);
    }
    return text;
}

}  // namespace

std::size_t Report::count(Finding::Kind kind) const {
    return static_cast<std::size_t>(std::ranges::count(findings, kind, &Finding::kind));
}

std::string render_report(const Report& report) {
    using enum Finding::Kind;
    auto text = std::format("# Imported from Alembic: {} revisions\n", report.revisions);
    text +=
        render_findings(report, hole, "To be finished: these refuse to load until their -- headgate:todo line is gone");
    text += render_findings(report, irreversible, "Without a way back, as in Alembic");
    text += render_findings(report, note, "To be looked at");
    for (const auto& [dialect, sql] : report.sent_by_env) {
        text += std::format("\n## env.py sends this in every run ({}); no file has it\n\n```sql\n{}\n```\n",
                            base::name_of(dialect), sql);
    }
    return text;
}

Report import_project(const Project& project, const std::set<base::DialectId>& dialects,
                      const std::filesystem::path& folder, base::Stop stop) {
    check_free(folder);
    const auto history = read_history(project, *dialects.begin(), stop);
    if (history.empty()) throw base::Error(base::ErrorKind::no_migrations, "the Alembic project has no revisions");
    RenderingsByDialect renderings;
    Report report;
    for (const auto dialect : dialects) {
        renderings[dialect] = render_offline(project, history, dialect, stop);
        const auto& sent = renderings[dialect].sent_by_env;
        if (!sent.empty()) report.sent_by_env[dialect] = sent;
    }
    FreshFolder fresh(folder);
    write_all(fresh, history, renderings, report);
    if (!report.findings.empty() || !report.sent_by_env.empty()) fresh.write(report_file, render_report(report));
    fresh.put_in_place();
    return report;
}

}  // namespace headgate::alembic
