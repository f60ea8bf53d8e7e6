// SPDX-License-Identifier: Apache-2.0
#include "settings/surroundings.hpp"

#include <system_error>

#include "base/text.hpp"

namespace headgate::settings {

namespace {

bool says_yes(const std::map<std::string, std::string>& environment, const std::string& name) {
    const auto found = environment.find(name);
    if (found == environment.end() || found->second.empty()) return false;
    return found->second != "0" && !base::equals_ignoring_case(found->second, "false");
}

bool is_there(const std::filesystem::path& file) {
    std::error_code ignored;
    return std::filesystem::exists(file, ignored);
}

}  // namespace

Surroundings read_surroundings(const std::map<std::string, std::string>& environment,
                               const std::filesystem::path& root) {
    return {
        .is_kubernetes = says_yes(environment, "KUBERNETES_SERVICE_HOST"),
        .is_app_service = says_yes(environment, "WEBSITE_SITE_NAME"),
        .is_ci = says_yes(environment, "CI"),
        .is_container = is_there(root / ".dockerenv") || is_there(root / "run/.containerenv"),
    };
}

}  // namespace headgate::settings
