// SPDX-License-Identifier: Apache-2.0
// A certificate authority of the tests' own, made by openssl, and what it signs: PEM files that end with it.
#pragma once

#include <filesystem>
#include <string>

#include "support/temp_folder.hpp"

namespace headgate::support {

struct Certificate {
    std::filesystem::path certificate;
    std::filesystem::path key;  // of mode 0600
};

class CertificateAuthority {
public:
    explicit CertificateAuthority(const std::string& name);

    std::filesystem::path root() const { return folder_ / "root.crt"; }
    // For a server of this DNS name, or a client of this role. The key belongs to `owner` where we are root.
    Certificate sign(const std::string& name, const std::string& owner = "");

private:
    TempFolder folder_;
};

}  // namespace headgate::support
