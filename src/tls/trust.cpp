// SPDX-License-Identifier: Apache-2.0
#include "tls/trust.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <unistd.h>

namespace headgate::tls {

namespace {

// Where distributions keep the bundle of the certificate authorities they trust.
constexpr std::string_view usual_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7 and later
    "/etc/pki/tls/cacert.pem",                            // OpenELEC
    "/etc/ssl/cert.pem",                                  // Alpine, BSDs, macOS
};

bool is_readable_file(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), R_OK) == 0;
}

}  // namespace

void start_openssl() {
    // No handler at exit: a thread that still looks up a name must not meet a library that was taken down.
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
}

std::optional<std::filesystem::path> find_readable_file(std::span<const std::filesystem::path> candidates) {
    const auto found = std::ranges::find_if(candidates, is_readable_file);
    if (found == candidates.end()) return std::nullopt;
    return *found;
}

std::optional<std::filesystem::path> find_ca_bundle() {
    std::vector<std::filesystem::path> candidates;
    if (const char* given = std::getenv("SSL_CERT_FILE"); given != nullptr && *given != '\0') {
        candidates.emplace_back(given);
    }
    candidates.insert(candidates.end(), std::begin(usual_bundles), std::end(usual_bundles));
    return find_readable_file(candidates);
}

}  // namespace headgate::tls
