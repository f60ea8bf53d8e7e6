// SPDX-License-Identifier: Apache-2.0
// The comments in a script that tell a reader what is the revision's own and what is headgate's.
#pragma once

#include <string_view>

namespace headgate::apply::mark {

inline constexpr std::string_view begin =
    "-- ---- headgate begins: its lock, and whether the database is where this step starts\n";
inline constexpr std::string_view revision = "-- ---- the revision\n";
inline constexpr std::string_view nothing = "-- ---- the revision has nothing to run\n";
inline constexpr std::string_view record = "-- ---- headgate records the step\n";
inline constexpr std::string_view record_part = "-- ---- headgate records how far it came\n";

}  // namespace headgate::apply::mark
