// SPDX-License-Identifier: Apache-2.0
#include "revision/new_revision.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <optional>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "revision/file_template.hpp"

namespace headgate::revision {

namespace {

constexpr std::size_t longest_slug = 40;

// Words of lower-case letters and digits, joined by "_", cut between two words.
std::string make_slug(std::string_view message) {
    std::string slug;
    for (const char byte : message) {
        const bool is_upper = byte >= 'A' && byte <= 'Z';
        if (is_upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
            slug += is_upper ? static_cast<char>(byte - 'A' + 'a') : byte;
        } else if (!slug.empty() && slug.back() != '_') {
            slug += '_';
        }
    }
    if (slug.size() > longest_slug) {
        const std::size_t end = slug.rfind('_', longest_slug);
        slug.resize(end == std::string::npos ? longest_slug : end);
    }
    if (slug.ends_with('_')) slug.pop_back();
    return slug;
}

// A TOML basic string: in one line whatever it holds.
std::string quote_toml(std::string_view text) {
    std::string quoted = "\"";
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '"' || byte == '\\') {
            quoted += std::format("\\{}", byte);
        } else if (code < 0x20 || code == 0x7f) {
            quoted += std::format("\\u{:04X}", static_cast<unsigned>(code));
        } else {
            quoted += byte;
        }
    }
    return quoted + "\"";
}

// One string, or an array where there are several.
std::string render_ids(const std::vector<std::string>& ids) {
    if (ids.size() == 1) return quote_toml(ids.front());
    std::string array;
    for (const std::string& id : ids) array += (array.empty() ? "" : ", ") + quote_toml(id);
    return "[" + array + "]";
}

// A header line; none where there are no names.
std::string render_names(std::string_view key, const std::vector<std::string>& names) {
    return names.empty() ? "" : std::format("-- {} = {}\n", key, render_ids(names));
}

base::Error create_error(const std::filesystem::path& path, int error) {
    base::Error failure(base::ErrorKind::cannot_create, std::format("\"{}\" cannot be created: {}", path.string(),
                                                                    std::generic_category().message(error)));
    failure.spot.file = path.string();
    return failure;
}

// A file elsewhere would never be read.
void check_inside(const std::filesystem::path& name) {
    const bool goes_up = std::ranges::contains(name, std::filesystem::path(".."));
    if (!goes_up && name.is_relative()) return;
    throw base::Error(base::ErrorKind::usage,
                      std::format("the file template makes \"{}.sql\", which is outside the folder", name.string()))
        .with_hint("subfolders are fine: %(year)d/%(rev)s_%(slug)s");
}

// A template may put files into subfolders: "%(year)d/…".
void make_folder(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) throw create_error(folder, failure.value());
}

std::optional<int> write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

}  // namespace

std::string file_name_of(const NewRevision& revision) {
    const auto slug = make_slug(revision.message);
    auto name = fill_file_template(revision.file_template,
                                   {revision.id, slug, revision.create_date.value_or(std::chrono::sys_seconds{})});
    if (slug.empty() && name.ends_with('_')) name.pop_back();
    check_inside(name);
    return name + ".sql";
}

std::string render_header(const NewRevision& revision) {
    std::string text = std::format("-- headgate:revision\n-- revision = {}\n", quote_toml(revision.id));
    text += render_names("down_revision", revision.down_revisions);
    text += render_names("branch_labels", revision.branch_labels);
    text += render_names("depends_on", revision.depends_on);
    text += std::format("-- message = {}\n", quote_toml(revision.message));
    if (revision.create_date) text += std::format("-- create_date = {:%Y-%m-%dT%H:%M:%S}Z\n", *revision.create_date);
    if (revision.transaction == TransactionMode::none) text += "-- transaction = false\n";
    return text;
}

std::string render_new_revision(const NewRevision& revision) {
    return render_header(revision) + "\n-- headgate:upgrade\n\n-- headgate:downgrade\n";
}

std::filesystem::path write_new_revision(const std::filesystem::path& folder, const NewRevision& revision) {
    std::filesystem::path path = folder / file_name_of(revision);
    if (path.parent_path() != folder) make_folder(path.parent_path());
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) throw create_error(path, errno);
    std::optional<int> error = write_all(file, render_new_revision(revision));
    if (::close(file) != 0 && !error) error = errno;
    if (error) {
        ::unlink(path.c_str());
        throw create_error(path, *error);
    }
    return path;
}

}  // namespace headgate::revision
