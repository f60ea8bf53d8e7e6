// SPDX-License-Identifier: Apache-2.0
#include "tls/version.hpp"

#include <openssl/crypto.h>

namespace headgate::tls {

std::string library_version() {
    return std::string("OpenSSL ") + OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace headgate::tls
