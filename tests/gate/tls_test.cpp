// SPDX-License-Identifier: Apache-2.0
// TLS as it is meant: the server's name and authority are checked, and a client's certificate logs in. Every program
// here has an empty environment, without HOME, as in an empty container.
#include <format>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <sys/stat.h>

#include "gate/project.hpp"
#include "support/certificates.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

CertificateAuthority& authority() {
    require_program("openssl");
    static CertificateAuthority ours("The authority of the tests");
    return ours;
}

// Its certificate is for "localhost"; the role "certified" logs in by certificate, others by password.
PostgresServer& tls_server() {
    if (!PostgresServer::find_programs()) skip_or_fail("no PostgreSQL server is installed");
    static const TempFolder folder;
    static PostgresServer server([] {
        ::chmod(folder.path().c_str(), 0755);
        write_file(folder / "pg_hba.conf",
                   "local all all trust\nhostssl all certified all cert\nhost all all all scram-sha-256\n");
        const auto own = authority().sign("localhost", "postgres");
        PostgresOptions options;
        options.authentication = Authentication::scram;
        options.configuration = std::format(
            "ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\nssl_ca_file = '{}'\nhba_file = '{}'\n",
            own.certificate.string(), own.key.string(), authority().root().string(), (folder / "pg_hba.conf").string());
        return options;
    }());
    return server;
}

class TlsProject {
public:
    TlsProject() : project_(make_database(tls_server().address())) { project_.add_three_steps(); }

    Project& project() { return project_; }

    // The superuser's URL, to this name of the server.
    std::string url(const std::string& host, const std::string& parameters) const {
        auto address = tls_server().address();
        address.host = host;
        return address.url(database()) + "?" + parameters;
    }
    // Of a role that logs in by certificate.
    std::string certified_url(const std::string& parameters) {
        project_.database().execute(
            "DO $$ BEGIN CREATE ROLE certified LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN END $$");
        auto address = tls_server().address().with_login("certified", "");
        address.host = "localhost";
        return address.url(database()) + "?" + parameters;
    }
    Outcome upgrade(const std::string& url, const std::map<std::string, std::string>& environment = {}) const {
        auto program = project_.headgate({"upgrade"});
        program.environment["DATABASE_URL"] = url;
        program.environment.erase("HOME");
        for (const auto& [name, value] : environment) program.environment[name] = value;
        return run_program(program);
    }

private:
    std::string database() const { return project_.database().value("SELECT current_database()"); }

    Project project_;
};

std::string root_of(CertificateAuthority& other) {
    return "&sslrootcert=" + percent_encode(other.root().string());
}

}  // namespace

TEST_CASE("verify-full takes the server whose authority and name are right, however the authority is named") {
    TlsProject tls;
    const std::string way = GENERATE("sslrootcert", "PGSSLROOTCERT", "SSL_CERT_FILE", "asyncpg's ssl");
    std::map<std::string, std::string> environment;
    if (way == "PGSSLROOTCERT" || way == "SSL_CERT_FILE") environment[way] = authority().root();
    auto url = tls.url("localhost", way == "asyncpg's ssl" ? "ssl=verify-full" : "sslmode=verify-full");
    if (environment.empty()) url += root_of(authority());
    const Outcome outcome = tls.upgrade(url, environment);
    INFO(way);
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(tls.project().applied().size() == 3);
}

TEST_CASE("verify-full refuses a server of another name, with the reason") {
    TlsProject tls;
    const std::string host = GENERATE("127.0.0.1", "db.localhost");
    const Outcome outcome = tls.upgrade(tls.url(host, "sslmode=verify-full" + root_of(authority())));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 69);
    CHECK(outcome.err.contains("server certificate for \"localhost\""));
    CHECK(outcome.err.contains(std::format("does not match host name \"{}\"", host)));
    CHECK(outcome.err.contains("name the server in the URL as its certificate does"));
    CHECK_FALSE(outcome.err.contains("waiting for the database"));
    // What verify-ca is for.
    CHECK(tls.upgrade(tls.url(host, "sslmode=verify-ca" + root_of(authority()))).exit_code == 0);
}

TEST_CASE("a server of an authority that nobody trusts is refused, with the reason") {
    TlsProject tls;
    CertificateAuthority other("Somebody else");
    const std::string mode = GENERATE("verify-ca", "verify-full");
    const Outcome outcome = tls.upgrade(tls.url("localhost", "sslmode=" + mode + root_of(other)));
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 69);
    CHECK(outcome.err.contains("certificate verify failed"));
    CHECK(outcome.err.contains("name that authority's file with sslrootcert"));
    const Outcome absent = tls.upgrade(tls.url("localhost", "sslmode=verify-full&sslrootcert=/no/such/file"));
    INFO(absent.describe());
    CHECK(absent.exit_code == 69);
    CHECK(absent.err.contains("/no/such/file"));
    CHECK(absent.err.contains("put a bundle into the image"));
}

TEST_CASE("a client's certificate logs in, named by the URL or by PGSSLCERT and PGSSLKEY") {
    TlsProject tls;
    const auto own = authority().sign("certified");
    const bool is_in_url = GENERATE(true, false);
    const auto mode = "sslmode=verify-full" + root_of(authority());
    const auto named = std::format("&sslcert={}&sslkey={}", percent_encode(own.certificate.string()),
                                   percent_encode(own.key.string()));
    const Outcome outcome = is_in_url ? tls.upgrade(tls.certified_url(mode + named))
                                      : tls.upgrade(tls.certified_url(mode), {{"PGSSLCERT", own.certificate.string()},
                                                                              {"PGSSLKEY", own.key.string()}});
    INFO(outcome.describe());
    CHECK(outcome.exit_code == 0);
    CHECK(tls.project().applied().size() == 3);
}

TEST_CASE("a client's certificate that is missing, somebody else's, or has a key that others can read is refused") {
    TlsProject tls;
    const auto mode = "sslmode=verify-full" + root_of(authority());
    const Outcome missing = tls.upgrade(tls.certified_url(mode));
    INFO(missing.describe());
    CHECK(missing.exit_code == 77);
    CHECK(missing.err.contains("28000"));
    CHECK(missing.err.contains("client certificate"));

    const auto other = authority().sign("somebody");
    const auto name = [](const Certificate& own) {
        return std::format("&sslcert={}&sslkey={}", percent_encode(own.certificate.string()),
                           percent_encode(own.key.string()));
    };
    const Outcome somebody = tls.upgrade(tls.certified_url(mode + name(other)));
    INFO(somebody.describe());
    CHECK(somebody.exit_code == 77);
    CHECK(somebody.err.contains("28000"));

    const auto own = authority().sign("certified");
    ::chmod(own.key.c_str(), 0644);
    const Outcome readable = tls.upgrade(tls.certified_url(mode + name(own)));
    INFO(readable.describe());
    CHECK(readable.exit_code == 69);
    CHECK(readable.err.contains("private key file"));
    CHECK(readable.err.contains("group or world access"));
}
