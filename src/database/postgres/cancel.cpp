// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/cancel.hpp"

#include <poll.h>

namespace headgate::database::postgres {

bool request_cancel(PGconn* connection, base::Stop stop) {
    const OwnedCancel cancel(PQcancelCreate(connection));
    if (!cancel || PQcancelStart(cancel.get()) == 0) return false;
    auto wanted = PGRES_POLLING_WRITING;
    while (wanted != PGRES_POLLING_OK) {
        const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (stop.wait_for(PQcancelSocket(cancel.get()), events) != base::Stop::Wake::ready) return false;
        wanted = PQcancelPoll(cancel.get());
        if (wanted == PGRES_POLLING_FAILED) return false;
    }
    return true;
}

}  // namespace headgate::database::postgres
