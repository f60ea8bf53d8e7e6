// SPDX-License-Identifier: Apache-2.0
#include "tls/trust.hpp"

#include <array>
#include <cstdlib>
#include <fstream>

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

namespace headgate::tls {

namespace {

using std::filesystem::path;

class TempFile {
public:
    explicit TempFile(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / (name + std::to_string(getpid()))) {
        std::ofstream(path_) << "certificates";
    }
    ~TempFile() { std::filesystem::remove(path_); }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    const path& get() const { return path_; }

private:
    path path_;
};

}  // namespace

TEST_CASE("the first file that can be read is taken") {
    const TempFile first("headgate-a-");
    const TempFile second("headgate-b-");
    const auto folder = std::filesystem::temp_directory_path();
    CHECK(find_readable_file(std::array<path, 4>{"/not/there", folder, first.get(), second.get()}) == first.get());
    CHECK_FALSE(find_readable_file(std::array<path, 2>{"/not/there", folder}));
    CHECK_FALSE(find_readable_file({}));
}

TEST_CASE("SSL_CERT_FILE comes before the usual places, unless it is not there") {
    const TempFile given("headgate-c-");
    setenv("SSL_CERT_FILE", given.get().c_str(), 1);
    CHECK(find_ca_bundle() == given.get());
    setenv("SSL_CERT_FILE", "/not/there", 1);
    CHECK(find_ca_bundle() != path("/not/there"));
    setenv("SSL_CERT_FILE", "", 1);
    CHECK(find_ca_bundle() != path(""));
    unsetenv("SSL_CERT_FILE");
}

TEST_CASE("OpenSSL can be started more than once") {
    start_openssl();
    start_openssl();
}

}  // namespace headgate::tls
