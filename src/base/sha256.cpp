// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.hpp"

#include <array>
#include <new>

#include <openssl/evp.h>

#include "base/error.hpp"

namespace headgate::base {

namespace {

// Fetched once: looking the algorithm up costs more than hashing a revision.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (fetched == nullptr) throw Error(ErrorKind::internal, "OpenSSL has no SHA-256");
    return fetched;
}

EVP_MD_CTX* context_of(void* context) {
    return static_cast<EVP_MD_CTX*>(context);
}

void start(void* context) {
    if (EVP_DigestInit_ex2(context_of(context), algorithm(), nullptr) != 1) {
        throw Error(ErrorKind::internal, "OpenSSL cannot start SHA-256");
    }
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) throw std::bad_alloc();
    start(context_);
}

Sha256::~Sha256() {
    EVP_MD_CTX_free(context_of(context_));
}

void Sha256::add(std::string_view bytes) {
    EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_of(context_), digest.data(), &size);
    start(context_);

    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2UL * size);
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 15U];
    }
    return text;
}

}  // namespace headgate::base
