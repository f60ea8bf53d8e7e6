// SPDX-License-Identifier: Apache-2.0
// A folder that is there with all its files, or not at all: filled beside its place, then renamed.
#pragma once

#include <filesystem>
#include <string_view>

namespace headgate::alembic {

// Throws Error(cannot_create) where there is something at `place` already: a link or a mount point too, even if empty.
void check_free(const std::filesystem::path& place);

class FreshFolder {
public:
    // Throws as check_free, and where nothing can be written beside it.
    explicit FreshFolder(const std::filesystem::path& place);
    // Takes back what was not put in place.
    ~FreshFolder();
    FreshFolder(const FreshFolder&) = delete;
    FreshFolder& operator=(const FreshFolder&) = delete;

    void write(const std::filesystem::path& name, std::string_view text);
    void put_in_place();

private:
    std::filesystem::path place_;
    std::filesystem::path beside_;  // empty: in place
};

}  // namespace headgate::alembic
