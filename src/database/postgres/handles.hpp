// SPDX-License-Identifier: Apache-2.0
// libpq's objects, owned.
#pragma once

#include <memory>

#include <libpq-fe.h>

namespace headgate::database::postgres {

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
struct FinishCancel {
    void operator()(PGcancelConn* cancel) const { PQcancelFinish(cancel); }
};

using OwnedConnection = std::unique_ptr<PGconn, FinishConnection>;
using OwnedResult = std::unique_ptr<PGresult, ClearResult>;
using OwnedCancel = std::unique_ptr<PGcancelConn, FinishCancel>;

}  // namespace headgate::database::postgres
