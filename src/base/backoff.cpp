// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.hpp"

#include <algorithm>

namespace headgate::base {

Backoff::Backoff(Milliseconds first, Milliseconds longest)
    : pause_(first), longest_(longest), random_(std::random_device{}()) {}

Milliseconds Backoff::next() {
    const auto whole = pause_;
    pause_ = std::min(pause_ * 2, longest_);
    std::uniform_int_distribution<Milliseconds::rep> between(whole.count() / 2, whole.count());
    return Milliseconds(between(random_));
}

}  // namespace headgate::base
