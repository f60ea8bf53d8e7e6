// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/program.hpp"

namespace headgate::support {
namespace {

void run_openssl(std::vector<std::string> arguments) {
    require_output({.executable = "openssl", .arguments = std::move(arguments)});
}

void give_to(const std::string& owner, const std::filesystem::path& file) {
    ::chmod(file.c_str(), 0600);
    if (owner.empty() || ::geteuid() != 0) return;
    const passwd* user = ::getpwnam(owner.c_str());
    if (user == nullptr || ::chown(file.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("no key for " + owner);
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::string& name) {
    ::chmod(folder_.path().c_str(), 0755);
    run_openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", "/CN=" + name, "-keyout", folder_ / "root.key", "-out", root()});
}

Certificate CertificateAuthority::sign(const std::string& name, const std::string& owner) {
    const Certificate made{folder_ / (name + ".crt"), folder_ / (name + ".key")};
    run_openssl({"req",
                 "-x509",
                 "-newkey",
                 "ec",
                 "-pkeyopt",
                 "ec_paramgen_curve:P-256",
                 "-nodes",
                 "-days",
                 "2",
                 "-subj",
                 "/CN=" + name,
                 "-addext",
                 "subjectAltName=DNS:" + name,
                 "-addext",
                 "basicConstraints=critical,CA:FALSE",
                 "-CA",
                 root(),
                 "-CAkey",
                 folder_ / "root.key",
                 "-keyout",
                 made.key,
                 "-out",
                 made.certificate});
    give_to(owner, made.key);
    return made;
}

}  // namespace headgate::support
