// SPDX-License-Identifier: Apache-2.0
#include "alembic/fresh_folder.hpp"

#include <cerrno>
#include <cstring>
#include <format>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::alembic {

namespace {

namespace fs = std::filesystem;

base::Error cannot_create(const fs::path& path, const std::string& why) {
    return base::Error(base::ErrorKind::cannot_create, std::format("cannot create \"{}\": {}", path.string(), why));
}

// Nothing can be renamed to it: a volume of a container, say.
bool is_mount_point(const fs::path& place) {
    struct statx about{};
    return statx(AT_FDCWD, place.c_str(), AT_SYMLINK_NOFOLLOW, 0, &about) == 0 &&
           (about.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

// As a name of its own: "migrations/" would be what a link of that name leads to.
fs::path without_slash(const fs::path& place) {
    return place.has_filename() ? place : place.parent_path();
}

}  // namespace

void check_free(const fs::path& given) {
    const auto place = without_slash(given);
    std::error_code failed;
    const auto status = fs::symlink_status(place, failed);
    if (!fs::exists(status)) return;
    if (is_mount_point(place)) {
        throw cannot_create(place, "something is mounted there")
            .with_hint(
                "the folder is made beside its place and renamed: name one inside, as --migrations db/migrations");
    }
    if (fs::is_directory(status) && fs::is_empty(place, failed)) return;
    throw cannot_create(place, "it is there already")
        .with_hint("name another folder, for example --migrations db/migrations; nothing is overwritten");
}

FreshFolder::FreshFolder(const fs::path& place) : place_(without_slash(place)) {
    check_free(place_);
    const auto above = place_.has_parent_path() ? place_.parent_path() : fs::path(".");
    beside_ = above / std::format(".{}.import-{}", place_.filename().string(), base::make_random_id());
    std::error_code failed;
    fs::create_directories(above, failed);
    if (!failed) fs::create_directory(beside_, failed);
    if (failed) throw cannot_create(beside_, failed.message());
}

FreshFolder::~FreshFolder() {
    std::error_code ignored;
    if (!beside_.empty()) fs::remove_all(beside_, ignored);
}

void FreshFolder::write(const fs::path& name, std::string_view text) {
    const auto path = beside_ / name;
    if (fs::exists(path)) throw cannot_create(path, "two revisions would have this file name");
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw cannot_create(path, std::strerror(errno));
}

void FreshFolder::put_in_place() {
    std::error_code failed;
    fs::rename(beside_, place_, failed);
    if (failed) throw cannot_create(place_, failed.message());
    beside_.clear();
}

}  // namespace headgate::alembic
