// SPDX-License-Identifier: Apache-2.0
// How this layer refuses a text: never with any part of the text that could be a password.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace headgate::url {

inline base::Error fault(std::string message, std::string hint = {}) {
    return base::Error(base::ErrorKind::bad_configuration, "the database URL " + std::move(message))
        .with_hint(std::move(hint));
}

}  // namespace headgate::url
