// SPDX-License-Identifier: Apache-2.0
// What the URL tests share.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>

#include "base/error.hpp"
#include "url/database_url.hpp"

namespace headgate::url {

inline base::Error error_of(std::string_view text) {
    try {
        parse_database_url(text);
    } catch (const base::Error& error) {
        return error;
    }
    FAIL("accepted: " << text);
    return {base::ErrorKind::internal, ""};
}

inline std::string everything_said(const base::Error& error) {
    std::string text = error.message + error.hint + error.detail + error.excerpt + error.code + error.spot.file;
    for (const auto& problem : error.problems) text += problem.message + problem.hint;
    return text;
}

}  // namespace headgate::url
