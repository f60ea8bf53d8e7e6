// SPDX-License-Identifier: Apache-2.0
// How long something has been waited for, as events and messages say it.
#pragma once

#include <cstdint>

#include "base/stop.hpp"

namespace headgate::apply {

inline std::int64_t milliseconds_since(base::Clock::time_point start) {
    return std::chrono::duration_cast<base::Milliseconds>(base::Clock::now() - start).count();
}

}  // namespace headgate::apply
