// SPDX-License-Identifier: Apache-2.0
// What a static program must settle before anything else, so that it behaves the same in every image.
#pragma once

namespace headgate::entrypoint {

// Call first in main, before any thread and any look-up of a name.
void start_static_runtime();

}  // namespace headgate::entrypoint
