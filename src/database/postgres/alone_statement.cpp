// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/alone_statement.hpp"

#include "sql/concurrent_index.hpp"
#include "sql/statement_reader.hpp"

namespace headgate::database::postgres {

namespace {

using sql::StatementReader;

bool is_whole_object(StatementReader& reader) {
    return reader.take("database") || reader.take("tablespace") || reader.take("subscription");
}

AloneNature nature_of_alter(StatementReader& reader) {
    const bool is_setting = reader.take("system") || reader.take("database") || reader.take("subscription");
    return is_setting ? AloneNature::repeatable : AloneNature::open_ended;
}

// Without CONCURRENTLY each index is rebuilt in a transaction of its own.
AloneNature nature_of_reindex(StatementReader& reader) {
    return reader.skip_past("concurrently") ? AloneNature::open_ended : AloneNature::repeatable;
}

}  // namespace

AloneNature nature_of(std::string_view body) {
    if (const auto index = sql::read_concurrent_index(body)) {
        const bool is_build = index->action == sql::ConcurrentIndex::Action::create;
        return is_build ? AloneNature::index_build : AloneNature::index_drop;
    }
    StatementReader reader(body, base::DialectId::postgresql);
    for (const auto* word : {"vacuum", "analyze", "cluster", "discard", "checkpoint"}) {
        if (reader.take(word)) return AloneNature::repeatable;
    }
    if (reader.take("reindex")) return nature_of_reindex(reader);
    if (reader.take("alter")) return nature_of_alter(reader);
    if (reader.take("create") || reader.take("drop")) {
        return is_whole_object(reader) ? AloneNature::atomic : AloneNature::open_ended;
    }
    return AloneNature::open_ended;
}

}  // namespace headgate::database::postgres
