// SPDX-License-Identifier: Apache-2.0
#include "revision/file_list.hpp"

#include <algorithm>
#include <format>
#include <system_error>
#include <utility>

#include "base/text.hpp"

namespace headgate::revision {

namespace {

namespace fs = std::filesystem;

constexpr const char* how_to_name_it =
    "make one with headgate init, or name it with --migrations or HEADGATE_MIGRATIONS";

std::string_view last_name(const fs::path& path) {
    const std::string_view text = path.native();
    return text.substr(text.rfind('/') + 1);
}

bool is_sql_name(std::string_view name) {
    return name.size() >= 4 && base::equals_ignoring_case(name.substr(name.size() - 4), ".sql");
}

class Lister {
public:
    FileList run(const fs::path& folder);

private:
    void walk(const fs::path& folder, fs::directory_iterator entries);
    void look_at(const fs::directory_entry& entry);
    void enter(const fs::path& folder);
    void add(const fs::path& path, std::string message, std::string hint) {
        list_.problems.push_back({{path.string(), 0, 0}, std::move(message), std::move(hint)});
    }

    FileList list_;
    std::vector<fs::path> inside_;  // the folders on the way here
};

FileList Lister::run(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        const bool is_there = fs::exists(folder, error);
        throw base::Error(base::ErrorKind::no_migrations,
                          is_there ? std::format("\"{}\" is not a folder", folder.string())
                                   : std::format("there is no migrations folder \"{}\"", folder.string()))
            .with_hint(how_to_name_it);
    }
    fs::directory_iterator entries(folder, error);
    if (error) {
        throw base::Error(base::ErrorKind::no_migrations, std::format("the migrations folder \"{}\" cannot be read: {}",
                                                                      folder.string(), error.message()))
            .with_hint("give the user that headgate runs as the right to read it");
    }
    walk(folder, std::move(entries));
    std::ranges::sort(list_.files, {}, [](const fs::path& path) -> const std::string& { return path.native(); });
    std::ranges::sort(list_.problems, {}, [](const base::Problem& problem) { return problem.spot.file; });
    return std::move(list_);
}

void Lister::walk(const fs::path& folder, fs::directory_iterator entries) {
    inside_.push_back(folder);
    std::error_code error;
    for (const fs::directory_iterator end; entries != end; entries.increment(error)) look_at(*entries);
    if (error) add(folder, std::format("the folder cannot be read: {}", error.message()), {});
    inside_.pop_back();
}

void Lister::look_at(const fs::directory_entry& entry) {
    const std::string_view name = last_name(entry.path());
    if (name.starts_with('.')) return;
    std::error_code error;
    if (entry.is_directory(error)) {
        if (!is_sql_name(name)) return enter(entry.path());
        add(entry.path(), "a folder is named like a revision file", "name it without .sql");
    } else if (is_sql_name(name)) {
        list_.files.push_back(entry.path());
    }
}

// A symbolic link may lead back to where we are.
void Lister::enter(const fs::path& folder) {
    std::error_code error;
    const bool is_loop =
        std::ranges::any_of(inside_, [&](const fs::path& outer) { return fs::equivalent(outer, folder, error); });
    if (is_loop) return add(folder, "the link leads back to a folder that it is in", "remove the link");
    fs::directory_iterator entries(folder, error);
    if (error)
        return add(folder, std::format("the folder cannot be read: {}", error.message()), "let headgate read it");
    walk(folder, std::move(entries));
}

}  // namespace

FileList list_revision_files(const std::filesystem::path& folder) {
    return Lister().run(folder);
}

}  // namespace headgate::revision
