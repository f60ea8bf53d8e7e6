// SPDX-License-Identifier: Apache-2.0
// Where this process runs, as far as its environment shows: some defaults depend on it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace headgate::settings {

struct Surroundings {
    bool is_kubernetes = false;   // KUBERNETES_SERVICE_HOST
    bool is_app_service = false;  // WEBSITE_SITE_NAME
    bool is_ci = false;           // CI, unless it says no
    bool is_container = false;    // Docker's or Podman's mark in the root folder

    // Nobody watches: a default that suits a developer's machine (a local database file) must not apply.
    bool is_unattended() const { return is_kubernetes || is_app_service || is_ci || is_container; }
};

// `root` is the root folder of the file system: another one for tests.
Surroundings read_surroundings(const std::map<std::string, std::string>& environment,
                               const std::filesystem::path& root = "/");

}  // namespace headgate::settings
