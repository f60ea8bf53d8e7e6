// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/passfile.hpp"

#include <cstdlib>
#include <format>
#include <string>

#include <sys/stat.h>

#include "base/error.hpp"

namespace headgate::database::postgres {

namespace {

std::string find_named(const url::DatabaseUrl& url) {
    const auto found = url.parameters.find("passfile");
    if (found != url.parameters.end()) return found->second;
    const char* variable = std::getenv("PGPASSFILE");
    return variable == nullptr ? "" : variable;
}

base::Error fault(const std::string& file, std::string_view what) {
    return {base::ErrorKind::bad_configuration, std::format("the password file {} {}", file, what)};
}

}  // namespace

void check_passfile(const url::DatabaseUrl& url) {
    const auto file = find_named(url);
    struct stat status{};
    if (file.empty() || !url.password.is_empty() || stat(file.c_str(), &status) != 0) return;
    if (!S_ISREG(status.st_mode)) throw fault(file, "is no regular file");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
    throw fault(file, "can be read by others than its owner, and libpq does not take such a file")
        .with_hint("chmod 0600; on Kubernetes a Secret as DATABASE_URL_FILE has no such rule");
}

}  // namespace headgate::database::postgres
