// SPDX-License-Identifier: Apache-2.0
#include "revision/folder.hpp"

#include <algorithm>
#include <atomic>
#include <format>
#include <mutex>
#include <thread>
#include <utility>

#include "revision/file_list.hpp"
#include "revision/links.hpp"
#include "revision/revision_file.hpp"
#include "revision/source_file.hpp"

namespace headgate::revision {

namespace {

namespace fs = std::filesystem;

ParsedFile read_revision(const fs::path& path, std::string& text, base::DialectId dialect) {
    if (const auto failure = read_file(path, text)) {
        return {.revision = {}, .problems = {{{path.string(), 0, 0}, "the file " + *failure, {}}}};
    }
    return parse_revision(text, path, dialect);
}

std::vector<ParsedFile> read_all(std::span<const fs::path> files, base::DialectId dialect) {
    std::vector<ParsedFile> parsed(files.size());
    std::string text;
    for (std::size_t index = 0; index < files.size(); ++index) {
        parsed[index] = read_revision(files[index], text, dialect);
    }
    return parsed;
}

// What can be said about the graph although some files could not be read.
void add_graph_problems(std::span<const Revision> revisions, MissingParents missing,
                        std::vector<base::Problem>& problems) {
    std::ranges::move(check_links(revisions, link_revisions(revisions), missing), std::back_inserter(problems));
}

[[noreturn]] void throw_problems(const fs::path& folder, std::vector<base::Problem> problems) {
    throw base::Error(base::ErrorKind::bad_revisions,
                      std::format("the revision files in \"{}\" have {} fault{}", folder.string(), problems.size(),
                                  problems.size() == 1 ? "" : "s"))
        .with_problems(std::move(problems));
}

}  // namespace

std::vector<Revision> read_folder(const fs::path& folder, base::DialectId dialect) {
    FileList list = list_revision_files(folder);
    std::vector<ParsedFile> parsed = read_all(list.files, dialect);
    bool is_complete = list.problems.empty();
    std::vector<base::Problem> problems = std::move(list.problems);
    std::vector<Revision> revisions;
    revisions.reserve(parsed.size());
    for (ParsedFile& file : parsed) {
        is_complete = is_complete && file.revision.has_value();
        if (file.revision) revisions.push_back(std::move(*file.revision));
        std::ranges::move(file.problems, std::back_inserter(problems));
    }
    if (problems.empty()) return revisions;
    add_graph_problems(revisions, is_complete ? MissingParents::report : MissingParents::ignore, problems);
    throw_problems(folder, std::move(problems));
}

}  // namespace headgate::revision
