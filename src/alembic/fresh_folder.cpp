// SPDX-License-Identifier: Apache-2.0
#include "alembic/fresh_folder.hpp"

#include <cerrno>
#include <cstring>
#include <format>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::alembic {

namespace {

namespace fs = std::filesystem;

base::Error cannot_create(const fs::path& path, const std::string& why) {
    return base::Error(base::ErrorKind::cannot_create, std::format("cannot create \"{}\": {}", path.string(), why));
}

}  // namespace

void check_free(const fs::path& place) {
    std::error_code failed;
    if (!fs::exists(fs::symlink_status(place, failed))) return;
    if (fs::is_directory(place, failed) && fs::is_empty(place, failed)) return;
    throw cannot_create(place, "it is there already")
        .with_hint("name another folder, for example --migrations db/migrations; nothing is overwritten");
}

FreshFolder::FreshFolder(fs::path place) : place_(std::move(place)) {
    if (!place_.has_filename()) place_ = place_.parent_path();  // "migrations/"
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
