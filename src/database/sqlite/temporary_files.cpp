// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/temporary_files.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <sqlite3.h>
#include <unistd.h>

namespace headgate::database::sqlite {

namespace {

bool is_usable(const char* folder) {
    std::error_code ignored;
    return folder != nullptr && std::filesystem::is_directory(folder, ignored) && access(folder, W_OK | X_OK) == 0;
}

// The places that SQLite looks at: https://www.sqlite.org/tempfiles.html, section 5.
bool has_usual_folder() {
    const std::array places{static_cast<const char*>(std::getenv("SQLITE_TMPDIR")),
                            static_cast<const char*>(std::getenv("TMPDIR")),
                            "/var/tmp",
                            "/usr/tmp",
                            "/tmp",
                            "."};
    return std::ranges::any_of(places, is_usable);
}

}  // namespace

// The variable is SQLite's own and for the whole process; SQLite frees it with its own allocator, should it ever.
void provide_temporary_folder(const std::filesystem::path& fallback) {
    if (sqlite3_temp_directory != nullptr || has_usual_folder()) return;
    sqlite3_temp_directory = sqlite3_mprintf("%s", fallback.c_str());
}

}  // namespace headgate::database::sqlite
