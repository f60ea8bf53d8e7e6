// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/version.hpp"

#include <format>

#include <CLI/Version.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/version.h>

#include "entrypoint/drivers.hpp"
#include "tls/version.hpp"

namespace headgate::entrypoint {

std::string_view version() {
    return HEADGATE_VERSION;
}

std::string render_versions() {
    auto text = std::format("headgate {}\n", version());
    for (const auto* driver : drivers()) text += std::format("{}\n", driver->client_version());
    text += std::format("{}\n", tls::library_version());
    text += std::format("CLI11 {}, nlohmann-json {}.{}.{}, spdlog {}.{}.{}", CLI11_VERSION, NLOHMANN_JSON_VERSION_MAJOR,
                        NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH, SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR,
                        SPDLOG_VER_PATCH);
    // The static binary's archives: a security update of the distribution changes these and nothing above.
    if (constexpr std::string_view packages = HEADGATE_BUILT_FROM; !packages.empty())
        text += std::format("\nbuilt from Debian's {}", packages);
    return text;
}

}  // namespace headgate::entrypoint
