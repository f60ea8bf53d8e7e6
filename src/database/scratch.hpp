// SPDX-License-Identifier: Apache-2.0
// A database to try revisions on, and what is in it. For `check --roundtrip`, never for a gate.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "url/database_url.hpp"

namespace headgate::database {

enum class ScratchPlace {
    made,   // a new one: beside the database of the URL, or a temporary file; it goes with its Scratch
    given,  // the database of the URL itself, which stays
};

// What a database holds, headgate's own tables aside: "column public.users.email" -> "text NOT NULL". The order of
// columns does not count: one that is dropped and made again comes last.
using Catalog = std::map<std::string, std::string>;

class Scratch {
public:
    virtual ~Scratch() = default;

    // The name of the database, or the file.
    virtual std::string name() const = 0;
    // The same login, at this database.
    virtual void redirect(url::DatabaseUrl& url) const = 0;
    virtual Catalog read_catalog(base::Stop stop) = 0;
};

}  // namespace headgate::database
