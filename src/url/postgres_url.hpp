// SPDX-License-Identifier: Apache-2.0
// postgresql://… and libpq's "host=… dbname=…": both end in one builder, so that a parameter means the same in both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "url/authority.hpp"
#include "url/database_url.hpp"

namespace headgate::url {

// Takes parameters one by one, sorts them into the fields of a DatabaseUrl, libpq's parameters and notes.
class PostgresBuilder {
public:
    PostgresBuilder();
    explicit PostgresBuilder(Authority authority);

    // Throws Error(bad_configuration). The name is quoted only where it is a known one.
    void set(std::string_view name, const std::string& value);
    DatabaseUrl finish();

private:
    bool set_part(std::string_view name, const std::string& value);
    bool set_translated(std::string_view name, const std::string& value);
    void set_sslmode(const std::string& written);
    void set_hosts(const std::string& value);
    void set_socket_file(const std::string& value);
    void refuse_other_schema(const std::string& value) const;
    void leave_out_or_refuse(std::string_view name);
    void spread_ports();

    DatabaseUrl url_;
    std::vector<std::string> ports_;  // of the parameter "port": one, or one for each host
    bool hosts_are_from_parameter_ = false;
};

// `rest` is what follows "postgresql://". `driver` is SQLAlchemy's ("asyncpg"), or empty.
DatabaseUrl parse_postgres_url(std::string_view rest, std::string_view driver);

// By the rules of libpq's conninfo strings: quotes, backslashes, the last of two equal keywords wins.
DatabaseUrl parse_keyword_string(std::string_view text);

}  // namespace headgate::url
