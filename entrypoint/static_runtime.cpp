// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/static_runtime.hpp"

#include <nss.h>

#include "tls/trust.hpp"

namespace headgate::entrypoint {

void start_static_runtime() {
    // A static glibc would load the image's own NSS modules, made for another glibc; these two are built in.
    __nss_configure_lookup("hosts", "files dns");
    __nss_configure_lookup("passwd", "files");
    tls::start_openssl();
}

}  // namespace headgate::entrypoint
