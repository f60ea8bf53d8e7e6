// SPDX-License-Identifier: Apache-2.0
// SQLite's result codes by their names in its manual: what a person can look up.
#pragma once

#include <string>

namespace headgate::database::sqlite {

// "SQLITE_CONSTRAINT_UNIQUE" for the extended code 2067. A code that is not known by itself gets its primary name.
std::string name_of_result(int extended_code);

inline int primary_code(int extended_code) {
    return extended_code & 0xff;
}

}  // namespace headgate::database::sqlite
