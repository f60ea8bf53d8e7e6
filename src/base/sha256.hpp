// SPDX-License-Identifier: Apache-2.0
// SHA-256, by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace headgate::base {

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view bytes);
    // 64 lower-case hexadecimal digits; the object is empty again afterwards.
    std::string finish();

private:
    void* context_;  // EVP_MD_CTX, kept out of this header
};

}  // namespace headgate::base
