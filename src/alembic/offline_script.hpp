// SPDX-License-Identifier: Apache-2.0
// The text of offline.py, for `python -c`.
#pragma once

namespace headgate::alembic {

extern const char* const offline_script;

}  // namespace headgate::alembic
