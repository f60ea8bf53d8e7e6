// SPDX-License-Identifier: Apache-2.0
// OpenSSL in a static program: nothing of the machine's own configuration is read, and the certificates that the
// image trusts are looked for in the places where distributions keep them.
#pragma once

#include <filesystem>
#include <optional>
#include <span>

namespace headgate::tls {

// Call once, before any other use of OpenSSL: a foreign openssl.cnf must not be loaded. More calls do nothing.
void start_openssl();

// The first that exists of SSL_CERT_FILE and the usual bundles (Debian, Fedora, Alpine, openSUSE …).
std::optional<std::filesystem::path> find_ca_bundle();

// The first of `candidates` that is a file this process may read.
std::optional<std::filesystem::path> find_readable_file(std::span<const std::filesystem::path> candidates);

}  // namespace headgate::tls
