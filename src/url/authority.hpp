// SPDX-License-Identifier: Apache-2.0
// Takes what follows "scheme://" apart: user, password, hosts, path, query.
//
// Passwords are often pasted unescaped, so '@', '/' and '?' may be part of one. The rules, in order:
// - The query begins at the first '?' that no '@' follows. One that an '@' follows begins it too, where only known
//   parameters follow and what stands before has a valid host ("h/db?application_name=a@b").
// - The last '@' before the query ends the password, and the first ':' ends the user, who holds no '/' and no '?'.
//   (Without a ':' there is no password, and an '@' behind a '/' belongs to the database's name.)
// - Where an unknown parameter leaves both readings possible, the text is refused rather than guessed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "url/database_url.hpp"
#include "url/percent.hpp"

namespace headgate::url {

struct Authority {
    std::string user;
    base::Secret password;
    std::vector<HostPort> hosts;  // at least one; its parts may be empty
    std::string_view path;        // as written, without its leading '/'
    std::string_view query;       // as written, without its '?'
};

using IsKnownParameter = std::function<bool(std::string_view name)>;

// Throws Error(bad_configuration). The views are parts of `text`.
Authority parse_authority(std::string_view text, const IsKnownParameter& is_known);

using Parameters = std::vector<std::pair<std::string, std::string>>;

// "a=1&b=2", decoded, in order. Throws Error(bad_configuration) for a part without '='.
Parameters parse_query(std::string_view query, Plus plus);

// `name` if it is made of letters, digits and "_-.", else words that say so: for notes.
std::string_view quotable_name(std::string_view name);

// Throws Error(bad_configuration) for what is no name, no address and no folder.
void check_host(std::string_view host);

// Throws Error(bad_configuration), for anything but nothing and 1 to 65535.
void check_port(std::string_view port);

}  // namespace headgate::url
