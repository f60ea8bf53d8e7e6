// SPDX-License-Identifier: Apache-2.0
// OpenSSL in a static program: nothing of the machine's own configuration is read, and the certificates that the
// image trusts are looked for in the places where distributions keep them.
#pragma once

#include <filesystem>
#include <optional>

namespace headgate::tls {

// Call once, before any other use of OpenSSL: a foreign openssl.cnf must not be loaded.
void start_openssl();

// The first that exists of SSL_CERT_FILE and the usual bundles (Debian, Fedora, Alpine, openSUSE …).
std::optional<std::filesystem::path> find_ca_bundle();

}  // namespace headgate::tls
