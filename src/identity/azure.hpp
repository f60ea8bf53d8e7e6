// SPDX-License-Identifier: Apache-2.0
// Azure's managed identity, as App Service, Functions and Container Apps offer it to a container: a service on the
// machine itself gives out access tokens, and a token is the password of Azure Database for PostgreSQL.
// learn.microsoft.com: "How to use managed identities for App Service and Azure Functions", REST endpoint reference.
#pragma once

#include <optional>
#include <string>

#include "base/secret.hpp"
#include "base/stop.hpp"

namespace headgate::identity {

struct AzurePlace {
    std::string endpoint;   // IDENTITY_ENDPOINT
    base::Secret header;    // IDENTITY_HEADER
    std::string client_id;  // of a user-assigned identity; empty: the system-assigned one
    base::Milliseconds at_most{};
};

class AzureIdentity {
public:
    explicit AzureIdentity(AzurePlace place) : place_(std::move(place)) {}

    // A token that is good for some minutes more: the last one, or a new one. Throws Error(unreachable) for what is
    // worth another try, Error(access_refused) where the service says no, Error(interrupted) for a signal.
    base::Secret token(base::Stop stop);
    // The database did not take it: the next one is asked for anew.
    void forget() { last_.reset(); }

private:
    struct Token {
        base::Secret text;
        base::Clock::time_point good_until;
    };
    Token ask(base::Stop stop) const;
    Token read(const std::string& body) const;

    AzurePlace place_;
    std::optional<Token> last_;
};

}  // namespace headgate::identity
