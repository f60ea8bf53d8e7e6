// SPDX-License-Identifier: Apache-2.0
#include "base/dialect_id.hpp"

namespace headgate::base {

std::string_view name_of(DialectId dialect) {
    switch (dialect) {
        case DialectId::postgresql:
            return "postgresql";
        case DialectId::sqlite:
            return "sqlite";
        case DialectId::sqlserver:
            return "sqlserver";
    }
    return "";
}

std::optional<DialectId> find_dialect(std::string_view name) {
    if (name == "postgresql" || name == "postgres") return DialectId::postgresql;
    if (name == "sqlite") return DialectId::sqlite;
    if (name == "sqlserver" || name == "mssql") return DialectId::sqlserver;
    return std::nullopt;
}

}  // namespace headgate::base
