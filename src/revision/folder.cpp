// SPDX-License-Identifier: Apache-2.0
#include "revision/folder.hpp"

#include <algorithm>
#include <exception>
#include <format>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "revision/file_list.hpp"
#include "revision/links.hpp"
#include "revision/revision_file.hpp"
#include "revision/source_file.hpp"

namespace headgate::revision {

namespace {

namespace fs = std::filesystem;

// From this size on, files are read one at a time, whatever the number of threads: memory is bounded by the largest.
constexpr std::size_t big_file = 1 << 20;
// Fewer files are read faster than a thread is started.
constexpr std::size_t files_worth_a_thread = 250;
constexpr std::size_t most_threads = 4;

// Reads the files, some threads at a time. `revisions` has a place for each file; one without id has faults.
class FolderReader {
public:
    FolderReader(std::span<const fs::path> files, base::DialectId dialect)
        : revisions(files.size()), files_(files), dialect_(dialect) {}

    void run();

    std::vector<Revision> revisions;
    std::vector<base::Problem> problems;  // in the order of the files

private:
    struct Share {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::vector<base::Problem> problems;
        std::exception_ptr failure;
    };

    std::vector<Share> make_shares() const;
    void read_share(Share& share) noexcept;
    ParsedFile read_one(const fs::path& path, std::string& text);

    std::span<const fs::path> files_;
    base::DialectId dialect_;
    std::mutex big_files_;
};

void FolderReader::run() {
    std::vector<Share> shares = make_shares();
    {
        std::vector<std::jthread> threads;
        for (Share& share : std::span(shares).subspan(1)) threads.emplace_back([this, &share] { read_share(share); });
        read_share(shares.front());
    }
    for (Share& share : shares) {
        if (share.failure) std::rethrow_exception(share.failure);
        std::ranges::move(share.problems, std::back_inserter(problems));
    }
}

std::vector<FolderReader::Share> FolderReader::make_shares() const {
    const std::size_t processors = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
    const std::size_t count =
        std::clamp<std::size_t>(files_.size() / files_worth_a_thread, 1, std::min(processors, most_threads));
    std::vector<Share> shares(count);
    for (std::size_t index = 0; index < count; ++index) {
        shares[index].begin = files_.size() * index / count;
        shares[index].end = files_.size() * (index + 1) / count;
    }
    return shares;
}

void FolderReader::read_share(Share& share) noexcept {
    try {
        std::string text;
        for (std::size_t index = share.begin; index < share.end; ++index) {
            ParsedFile parsed = read_one(files_[index], text);
            if (parsed.revision) revisions[index] = std::move(*parsed.revision);
            std::ranges::move(parsed.problems, std::back_inserter(share.problems));
        }
    } catch (...) {
        share.failure = std::current_exception();
    }
}

ParsedFile FolderReader::read_one(const fs::path& path, std::string& text) {
    std::optional<std::string> failure = read_file(path, text, {0, big_file});
    std::unique_lock turn(big_files_, std::defer_lock);
    if (!failure && text.size() == big_file) {
        turn.lock();
        failure = read_file(path, text);
    }
    if (failure) return {.revision = {}, .problems = {{{path.string(), 0, 0}, "the file " + *failure, {}}}};
    ParsedFile parsed = parse_revision(text, path, dialect_);
    if (turn.owns_lock()) text = {};
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
    FolderReader reader(list.files, dialect);
    reader.run();
    std::vector<base::Problem> problems = std::move(list.problems);
    const bool is_listed = problems.empty();
    std::ranges::move(reader.problems, std::back_inserter(problems));
    if (problems.empty()) return std::move(reader.revisions);
    const bool is_complete = std::erase_if(reader.revisions, [](const Revision& read) { return read.id.empty(); }) == 0;
    add_graph_problems(reader.revisions, is_listed && is_complete ? MissingParents::report : MissingParents::ignore,
                       problems);
    throw_problems(folder, std::move(problems));
}

}  // namespace headgate::revision
