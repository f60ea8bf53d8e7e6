// SPDX-License-Identifier: Apache-2.0
#include "settings/settings.hpp"

#include <algorithm>
#include <charconv>
#include <format>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "settings/connection_string.hpp"
#include "settings/definitions.hpp"
#include "settings/surroundings.hpp"
#include "settings/written.hpp"
#include "toml/document.hpp"
#include "url/database_url.hpp"

namespace headgate::settings {

namespace {

// App Service stops a container that does not answer in this time, unless the variable says otherwise.
constexpr std::string_view app_service_limit_variable = "WEBSITES_CONTAINER_START_TIME_LIMIT";
constexpr base::Milliseconds app_service_limit_default = std::chrono::seconds(230);

class Reader {
public:
    explicit Reader(const Sources& sources)
        : sources_(sources),
          file_(read_file_settings(sources)),
          surroundings_(read_surroundings(sources.environment)) {}

    Settings read();

private:
    // The value of a setting, with its default filled in, noted in settings_.given.
    Written take(std::string_view name);
    void note(std::string_view name, std::string value, std::string origin);
    std::string shown(const Definition& definition, const Written& written) const;

    std::string take_text(std::string_view name) { return take(name).text; }
    std::string take_choice(std::string_view name);
    base::Milliseconds take_duration(std::string_view name);
    base::Milliseconds take_lock_timeout();

    std::optional<Written> find_connection_string_written(const std::string& chosen) const;
    void read_database_url();
    void read_password_source();
    void read_durations();
    void read_choices();
    void read_log_format();
    void read_deadline(base::Milliseconds startup_reserve);
    std::pair<base::Milliseconds, std::string> find_app_service_limit() const;

    const Sources& sources_;
    toml::Document file_;
    Surroundings surroundings_;
    Settings settings_;
};

// A URL that does not parse may hold its password anywhere.
std::string render_url(std::string_view text, std::optional<base::DialectId> is_for) {
    try {
        return url::parse_database_url(text, is_for).render_redacted();
    } catch (const base::Error&) {
        return base::redacted;
    }
}

base::Milliseconds to_duration(const Written& written) {
    try {
        return parse_duration(written.text, written.origin);
    } catch (base::Error& error) {
        error.spot = written.spot;
        throw;
    }
}

void check_choice(const Definition& definition, const Written& written) {
    const auto choices = base::split_at(definition.choices, '|');
    if (std::ranges::contains(choices, written.text)) return;
    const std::vector<std::string> words(choices.begin(), choices.end());
    throw written.fault(std::format("{} cannot be \"{}\"", definition.name, written.text))
        .with_hint(std::format("it is one of {}", base::join(words, ", ")));
}

std::string Reader::shown(const Definition& definition, const Written& written) const {
    if (definition.kind != ValueKind::secret_url) return written.text;
    return render_url(written.text, dialect_of_variable(written.origin));
}

void Reader::note(std::string_view name, std::string value, std::string origin) {
    settings_.given.insert_or_assign(std::string(name), Given{std::move(value), std::move(origin)});
}

Written Reader::take(std::string_view name) {
    const auto& definition = definition_of(name);
    auto written = find_written(definition, sources_, file_)
                       .value_or(Written{std::string(definition.default_value), {}, "default", {}});
    note(name, shown(definition, written), written.origin);
    return written;
}

std::string Reader::take_choice(std::string_view name) {
    const auto written = take(name);
    check_choice(definition_of(name), written);
    return written.text;
}

base::Milliseconds Reader::take_duration(std::string_view name) {
    return to_duration(take(name));
}

std::optional<Written> Reader::find_connection_string_written(const std::string& chosen) const {
    const auto variable = find_connection_string(sources_.environment, chosen);
    if (!variable) return std::nullopt;
    return Written{sources_.environment.at(*variable), {}, *variable, {}};
}

void Reader::read_database_url() {
    const auto& definition = definition_of("database_url");
    auto written = find_written(definition, sources_, file_);
    const auto chosen = take_text("connection_string_name");
    if (!written) written = find_connection_string_written(chosen);
    note("database_url", written ? shown(definition, *written) : "", written ? written->origin : "default");
    if (!written) return;
    settings_.database_url = base::Secret(std::move(written->text));
    settings_.database_url_is_for = dialect_of_variable(written->origin);
    settings_.is_database_url_from_file = written->origin.ends_with("_FILE");
}

void Reader::read_password_source() {
    settings_.password_command = take("password_command").parts;
    settings_.identity_client_id = take_text("identity_client_id");
    settings_.password_timeout = take_duration("password_timeout");
    settings_.login_timeout = take_duration("login_timeout");
    const auto identity = take("identity");
    if (identity.text.empty()) return;
    check_choice(definition_of("identity"), identity);
    if (!settings_.password_command.empty())
        throw identity.fault("the password can come from an identity or from password_command, not from both");
    settings_.identity = Identity::azure;
}

// PostgreSQL's own setting of that name counts in milliseconds.
base::Milliseconds Reader::take_lock_timeout() {
    const auto written = take("lock_timeout");
    const auto text = base::trim(written.text);
    if (!text.empty() && text != "0" && text.find_first_not_of("0123456789") == text.npos)
        throw written.fault(std::format("lock_timeout: \"{}\" has no unit", text))
            .with_hint(std::format("write {}ms or {}s", text, text));
    return to_duration(written);
}

void Reader::read_durations() {
    settings_.wait_timeout = take_duration("wait_timeout");
    settings_.gate_timeout = take_duration("gate_timeout");
    settings_.lock_timeout = take_lock_timeout();
    settings_.retry_timeout = take_duration("retry_timeout");
    read_deadline(take_duration("startup_reserve"));
}

void Reader::read_choices() {
    const auto mode = take_choice("mode");
    settings_.mode = mode == "off" ? Mode::off : mode == "wait" ? Mode::wait : Mode::migrate;
    settings_.changed_file = take_choice("changed_file") == "warn" ? ChangedFile::warn : ChangedFile::fail;
    const auto ahead = take_choice("database_ahead");
    settings_.database_ahead = ahead == "allow"  ? DatabaseAhead::allow
                               : ahead == "fail" ? DatabaseAhead::fail
                                                 : DatabaseAhead::warn;
    settings_.log_level = take_choice("log_level");
}

void Reader::read_log_format() {
    const auto& definition = definition_of("log_format");
    const bool is_collected = surroundings_.is_kubernetes || surroundings_.is_app_service;
    const auto written =
        find_written(definition, sources_, file_).value_or(Written{is_collected ? "json" : "text", {}, "default", {}});
    check_choice(definition, written);
    note("log_format", written.text, written.origin);
    settings_.log_format = written.text == "json" ? LogFormat::json : LogFormat::text;
}

// The limit and what set it. The variable is App Service's own: one that is no number counts as unset.
std::pair<base::Milliseconds, std::string> Reader::find_app_service_limit() const {
    const std::string name(app_service_limit_variable);
    const auto found = sources_.environment.find(name);
    if (found == sources_.environment.end()) return {app_service_limit_default, "default"};
    const auto text = base::trim(found->second);
    unsigned seconds = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (fault != std::errc{} || end != text.data() + text.size() || seconds == 0)
        return {app_service_limit_default, "default"};
    return {std::chrono::seconds(seconds), name};
}

void Reader::read_deadline(base::Milliseconds startup_reserve) {
    if (const auto written = find_written(definition_of("deadline"), sources_, file_)) {
        note("deadline", written->text, written->origin);
        settings_.deadline = to_duration(*written);
        if (settings_.deadline->count() == 0)
            throw written->fault("a deadline of 0 leaves no time").with_hint("without a deadline: leave it out");
        return;
    }
    note("deadline", "", "default");
    if (!surroundings_.is_app_service) return;
    const auto [limit, origin] = find_app_service_limit();
    if (startup_reserve >= limit)
        throw base::Error(
            base::ErrorKind::bad_configuration,
            std::format("startup_reserve leaves nothing of App Service's limit of {} s", limit.count() / 1000))
            .with_hint(std::format("raise {} or lower startup_reserve", app_service_limit_variable));
    settings_.deadline = limit - startup_reserve;
    note("deadline", std::format("{}ms", settings_.deadline->count()), origin);
}

Settings Reader::read() {
    read_database_url();
    read_password_source();
    settings_.migrations = take_text("migrations");
    settings_.dialects = take("dialects").parts;
    settings_.file_template = take_text("file_template");
    settings_.target = take_text("target");
    read_choices();
    read_durations();
    settings_.role = take_text("role");
    settings_.ledger_schema = take_text("ledger_schema");
    settings_.reader_roles = take("reader_roles").parts;
    settings_.alembic_version_table = take_text("alembic.version_table");
    settings_.alembic_version_table_schema = take_text("alembic.version_table_schema");
    settings_.image_label = take_text("image_label");
    read_log_format();
    return std::move(settings_);
}

}  // namespace

Settings read_settings(const Sources& sources) {
    return Reader(sources).read();
}

}  // namespace headgate::settings
