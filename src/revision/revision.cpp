// SPDX-License-Identifier: Apache-2.0
#include "revision/revision.hpp"

namespace headgate::revision {

std::string_view name_of(Direction direction) {
    return direction == Direction::upgrade ? "upgrade" : "downgrade";
}

}  // namespace headgate::revision
