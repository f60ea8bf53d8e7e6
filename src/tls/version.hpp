// SPDX-License-Identifier: Apache-2.0
// The TLS library inside, for --version.
#pragma once

#include <string>

namespace headgate::tls {

// "OpenSSL 3.5.1".
std::string library_version();

}  // namespace headgate::tls
