// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/copy_data.hpp"

#include <poll.h>

namespace headgate::database::postgres {

namespace {

constexpr std::size_t chunk_size = 64 * 1024;

bool end_copy(PGconn* connection, StepWatch& watch, const char* complaint) {
    while (PQputCopyEnd(connection, complaint) == 0) {
        if (!flush_watched(connection, watch)) return false;
    }
    return flush_watched(connection, watch);
}

}  // namespace

bool flush_watched(PGconn* connection, StepWatch& watch) {
    while (true) {
        const int left = PQflush(connection);
        if (left <= 0) return left == 0;
        if (!watch.wait_for(POLLIN | POLLOUT) || PQconsumeInput(connection) == 0) return false;
    }
}

bool send_copy_data(PGconn* connection, StepWatch& watch, std::optional<std::string_view> data) {
    if (!data) return end_copy(connection, watch, "the script has no data for this COPY");
    while (!data->empty()) {
        if (watch.stop_reason()) return end_copy(connection, watch, "headgate was asked to stop");
        const auto chunk = data->substr(0, chunk_size);
        if (PQputCopyData(connection, chunk.data(), static_cast<int>(chunk.size())) == 1)
            data->remove_prefix(chunk.size());
        // Written out before more is added: the data is not gathered in memory.
        if (!flush_watched(connection, watch)) return false;
    }
    return end_copy(connection, watch, nullptr);
}

bool drop_copy_data(PGconn* connection, StepWatch& watch) {
    while (true) {
        char* line = nullptr;
        const int size = PQgetCopyData(connection, &line, 1);
        if (line != nullptr) PQfreemem(line);
        if (size < 0) return true;
        if (size == 0 && (!watch.wait_for(POLLIN) || PQconsumeInput(connection) == 0)) return false;
    }
}

}  // namespace headgate::database::postgres
