// SPDX-License-Identifier: Apache-2.0
// Growing, jittered pauses between tries.
#pragma once

#include <random>

#include "base/stop.hpp"

namespace headgate::base {

class Backoff {
public:
    // Pauses grow from `first` to `longest`, each drawn between half of its length and the whole.
    Backoff(Milliseconds first, Milliseconds longest);
    Milliseconds next();

private:
    Milliseconds pause_;
    Milliseconds longest_;
    std::minstd_rand random_;
};

}  // namespace headgate::base
