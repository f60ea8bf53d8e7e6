// SPDX-License-Identifier: Apache-2.0
// What a server's error means for a step. Pure: the error, the message and how far the server had come are enough.
#pragma once

#include <cstddef>

#include "database/connection.hpp"
#include "database/postgres/server_error.hpp"
#include "database/postgres/step_message.hpp"

namespace headgate::database::postgres {

struct Verdict {
    StepEnd end = StepEnd::rolled_back;
    base::Error error;
};

// `completed` is the number of the message's statements that had their result before the error. Never `committed`.
Verdict judge_failure(const ServerError& failure, const StepMessage& message, const StepScript& step,
                      std::size_t completed);

}  // namespace headgate::database::postgres
