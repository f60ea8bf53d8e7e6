// SPDX-License-Identifier: Apache-2.0
#include "settings/surroundings.hpp"

#include <catch2/catch_test_macros.hpp>

#include "unit/settings/temporary_folder.hpp"

namespace headgate::settings {

TEST_CASE("A developer's machine is attended, a cluster, a CI job and a container are not") {
    const TemporaryFolder root;
    CHECK_FALSE(read_surroundings({}, root.path()).is_unattended());
    CHECK_FALSE(read_surroundings({{"CI", "false"}, {"KUBERNETES_SERVICE_HOST", ""}}, root.path()).is_unattended());
    CHECK(read_surroundings({{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}}, root.path()).is_kubernetes);
    CHECK(read_surroundings({{"WEBSITE_SITE_NAME", "app"}}, root.path()).is_app_service);
    CHECK(read_surroundings({{"CI", "true"}}, root.path()).is_ci);
    CHECK(read_surroundings({{"CI", "true"}}, root.path()).is_unattended());
}

TEST_CASE("Docker's and Podman's marks in the root folder are seen") {
    const TemporaryFolder docker;
    docker.write(".dockerenv", "");
    CHECK(read_surroundings({}, docker.path()).is_container);
    const TemporaryFolder podman;
    podman.write("run/.containerenv", "");
    CHECK(read_surroundings({}, podman.path()).is_unattended());
}

}  // namespace headgate::settings
