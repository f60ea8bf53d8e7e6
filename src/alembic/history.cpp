// SPDX-License-Identifier: Apache-2.0
#include "alembic/history.hpp"

#include <format>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "revision/header.hpp"
#include "revision/links.hpp"

namespace headgate::alembic {

namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

using Problems = std::vector<base::Problem>;

Source read_source(const json& line) try {
    return {line.at("revision"),      line.at("path"),    line.at("down_revisions"), line.at("depends_on"),
            line.at("branch_labels"), line.at("message"), line.at("create_date")};
} catch (const json::exception& fault) {
    throw Error(ErrorKind::bad_revisions, "what Python said of a revision cannot be read")
        .with_detail(fault.what())
        .with_hint("something in the project writes to a file descriptor that is not its own");
}

std::vector<Source> read_sources(const Answers& answers) {
    std::vector<Source> sources;
    for (const auto& line : answers.lines) {
        if (line.contains("revision")) sources.push_back(read_source(line));
    }
    return sources;
}

void check_ended(const Project& project, const Answers& answers) {
    if (answers.last_with("end") != nullptr) return;
    if (answers.end == process::ChildEnd::out_of_time) {
        throw Error(ErrorKind::io_failed,
                    std::format("the revisions were not loaded within {} s",
                                std::chrono::duration_cast<std::chrono::seconds>(project.time_limit).count()))
            .with_detail(answers.err)
            .with_hint("a revision file, or what it imports, does not come to an end; --time-limit gives it more");
    }
    throw Error(ErrorKind::io_failed, std::format("{} ended while it loaded the revisions", project.python))
        .with_detail(answers.err);
}

void check_names(const Source& source, Problems& problems) {
    const auto check = [&](const std::string& name, std::string_view what) {
        if (const auto fault = revision::find_id_fault(name)) {
            problems.push_back({{source.path, 0, 0},
                                std::format("the {} \"{}\" {}", what, name, *fault),
                                "rename it in the Python file first"});
        }
    };
    check(source.id, "revision id");
    for (const auto& label : source.branch_labels) check(label, "branch label");
}

revision::Revision as_revision(const Source& source) {
    revision::Revision revision;
    revision.id = source.id;
    revision.down_revisions = source.down_revisions;
    revision.depends_on = source.depends_on;
    revision.create_date = source.create_date;
    revision.path = source.path;
    return revision;
}

std::vector<Source> put_in_order(std::vector<Source> sources) {
    Problems problems;
    std::vector<revision::Revision> revisions;
    for (const auto& source : sources) {
        check_names(source, problems);
        revisions.push_back(as_revision(source));
    }
    const auto links = revision::link_revisions(revisions);
    auto faults = revision::check_links(revisions, links, revision::MissingParents::report);
    problems.insert(problems.end(), std::make_move_iterator(faults.begin()), std::make_move_iterator(faults.end()));
    if (!problems.empty()) {
        throw Error(ErrorKind::bad_revisions, "the revisions of the project cannot be imported; nothing was written")
            .with_problems(std::move(problems));
    }
    std::vector<Source> ordered;
    for (const auto index : revision::order_revisions(revisions, links)) ordered.push_back(std::move(sources[index]));
    return ordered;
}

}  // namespace

std::vector<Source> read_history(const Project& project, base::DialectId dialect, base::Stop stop) {
    const auto answers = ask(project, {{"job", "list"}, {"url", make_offline_url(project.environment, dialect)}}, stop);
    check_ended(project, answers);
    return put_in_order(read_sources(answers));
}

}  // namespace headgate::alembic
