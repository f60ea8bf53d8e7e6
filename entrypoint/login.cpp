// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/login.hpp"

#include <format>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "identity/azure.hpp"
#include "identity/password_command.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

std::string variable(const settings::Sources& sources, const std::string& name) {
    const auto found = sources.environment.find(name);
    return found == sources.environment.end() ? std::string() : found->second;
}

identity::AzurePlace find_azure(const Context& context) {
    const auto& settings = context.settings;
    identity::AzurePlace place{variable(context.sources, "IDENTITY_ENDPOINT"),
                               base::Secret(variable(context.sources, "IDENTITY_HEADER")), settings.identity_client_id,
                               settings.password_timeout};
    if (!place.endpoint.empty() && !place.header.is_empty()) return place;
    throw Error(ErrorKind::bad_configuration,
                "identity is azure, but IDENTITY_ENDPOINT and IDENTITY_HEADER are not both set")
        .with_hint("App Service sets them in the container of an app that has an identity: az webapp identity assign");
}

class Login {
public:
    explicit Login(const Context& context)
        : sources_(context.sources),
          command_(context.settings.password_command),
          at_most_(context.settings.password_timeout),
          is_url_from_file_(context.settings.is_database_url_from_file) {
        if (context.settings.identity == settings::Identity::azure) azure_.emplace(find_azure(context));
    }

    bool has_password_source() const { return azure_ || !command_.empty(); }
    bool can_change() const { return has_password_source() || is_url_from_file_; }

    url::DatabaseUrl ask(base::Stop stop) {
        auto url = read_again();
        if (azure_) url.password = azure_->token(stop);
        if (!command_.empty()) url.password = identity::ask_command(command_, at_most_, stop);
        return url;
    }

    void refused() {
        if (azure_) azure_->forget();
    }

private:
    // It was readable before: what is wrong with its file now is a change that is not done yet.
    url::DatabaseUrl read_again() const try { return read_database_url(sources_); } catch (Error& error) {
        if (is_url_from_file_) error.kind = ErrorKind::unreachable;
        throw;
    }

    const settings::Sources& sources_;
    std::vector<std::string> command_;
    base::Milliseconds at_most_;
    bool is_url_from_file_;
    std::optional<identity::AzureIdentity> azure_;
};

// libpq reads it at every attempt.
bool has_passfile(const url::DatabaseUrl& url, const settings::Sources& sources) {
    const bool is_named = url.parameters.contains("passfile") || !variable(sources, "PGPASSFILE").empty();
    return is_named && url.password.is_empty();
}

void check_one_password(const url::DatabaseUrl& url, const settings::Settings& settings) {
    if (url.password.is_empty()) return;
    throw Error(ErrorKind::bad_configuration,
                std::format("the password can come from the database URL or from {}, not from both",
                            settings.identity == settings::Identity::azure ? "an identity" : "password_command"))
        .with_hint("leave it out of the URL: postgresql://USER@HOST/DATABASE");
}

}  // namespace

url::DatabaseUrl read_database_url(const settings::Sources& sources) {
    const auto settings = settings::read_settings(sources);
    return url::parse_database_url(settings.database_url ? settings.database_url->reveal() : local_database,
                                   settings.database_url_is_for);
}

void give_login(apply::Connector& connector, const Context& context) {
    const auto url = read_database_url(context.sources);
    if (url.dialect == base::DialectId::sqlite) {
        connector.url = [&sources = context.sources](base::Stop) { return read_database_url(sources); };
        return;
    }
    const auto login = std::make_shared<Login>(context);
    if (login->has_password_source()) check_one_password(url, context.settings);
    // An access token opens more than one database.
    connector.options.wants_tls = context.settings.identity == settings::Identity::azure;
    connector.url = [login](base::Stop stop) { return login->ask(stop); };
    connector.refused = [login] { login->refused(); };
    if (login->can_change() || has_passfile(url, context.sources))
        connector.login_timeout = context.settings.login_timeout;
}

}  // namespace headgate::entrypoint
