// SPDX-License-Identifier: Apache-2.0
#include "identity/azure.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <format>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "net/http.hpp"

namespace headgate::identity {

namespace {

using base::Error;
using base::ErrorKind;
using Json = nlohmann::ordered_json;  // as elsewhere: one parser less in the program
using std::chrono::seconds;

// Of Azure Database for PostgreSQL, in every tenant.
constexpr std::string_view resource = "https%3A%2F%2Fossrdbms-aad.database.windows.net";
// A token that is about to expire is not begun with.
constexpr seconds margin{300};
// Whatever the clock or the answer says.
constexpr seconds longest_life{24 * 3600};
constexpr std::size_t longest_words = 300;

std::string encode(std::string_view text) {
    std::string encoded;
    for (const char byte : text) {
        const bool is_plain =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-';
        encoded += is_plain ? std::string(1, byte) : std::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return encoded;
}

std::string make_url(const AzurePlace& place) {
    auto url = std::format("{}{}api-version=2019-08-01&resource={}", place.endpoint,
                           place.endpoint.contains('?') ? '&' : '?', resource);
    if (!place.client_id.empty()) url += "&client_id=" + encode(place.client_id);
    return url;
}

void take_away(std::string& text, const std::string& secret) {
    for (auto at = text.find(secret); !secret.empty() && at != std::string::npos; at = text.find(secret))
        text.replace(at, secret.size(), base::redacted == secret ? "" : base::redacted);
}

// What the service says about its refusal, in one of the forms it has; never the whole answer.
std::string find_words(const std::string& body, const base::Secret& header) {
    const auto json = Json::parse(body, nullptr, false);
    if (!json.is_object()) return {};
    const auto& said = json.contains("error") && json["error"].is_object() ? json["error"] : json;
    for (const char* name : {"message", "error_description", "ExceptionMessage"}) {
        if (!said.contains(name) || !said[name].is_string()) continue;
        auto words = said[name].get<std::string>();
        take_away(words, header.reveal());
        words.resize(std::min(words.size(), longest_words));
        return words;
    }
    return {};
}

// 404 and 410: not ready yet; 408, 429: too busy (the service's guidance on trying again).
bool is_worth_another_try(unsigned status) {
    return status >= 500 || status == 404 || status == 408 || status == 410 || status == 429;
}

Error refusal(const net::HttpAnswer& answer, const base::Secret& header) {
    const auto kind = is_worth_another_try(answer.status) ? ErrorKind::unreachable : ErrorKind::access_refused;
    return Error(kind, std::format("the managed identity gives no token: status {}", answer.status))
        .with_detail(find_words(answer.body, header))
        .with_hint("has the app an identity, and is identity_client_id the client id of one that is assigned to it?");
}

Error odd_answer(std::string_view what) {
    return {ErrorKind::unreachable, std::format("the managed identity's answer {}", what)};
}

// Seconds since 1970, as a text or a number; nothing where it is neither.
std::optional<std::int64_t> find_expiry(const Json& answer) {
    const auto found = answer.find("expires_on");
    if (found == answer.end()) return std::nullopt;
    if (found->is_number_integer()) return found->get<std::int64_t>();
    if (!found->is_string()) return std::nullopt;
    const auto& text = found->get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// The wall clock is asked once, when the token comes. One that is wrong costs a question more, at worst a refused login
// that is tried again with a new token.
base::Clock::time_point good_until(const Json& answer) {
    const auto now = base::Clock::now();
    const auto expiry = find_expiry(answer);
    if (!expiry) return now;
    const auto since_1970 = std::chrono::floor<seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
    const auto latest = since_1970 + longest_life.count();
    return now + seconds(std::clamp(*expiry, since_1970, latest) - since_1970) - margin;
}

}  // namespace

base::Secret AzureIdentity::token(base::Stop stop) {
    if (!last_ || base::Clock::now() >= last_->good_until) last_ = ask(stop);
    return last_->text;
}

AzureIdentity::Token AzureIdentity::ask(base::Stop stop) const {
    const auto answer = net::ask_over_http(make_url(place_), {{"X-IDENTITY-HEADER", place_.header.reveal()}},
                                           stop.within(place_.at_most));
    if (answer.status != 200) throw refusal(answer, place_.header);
    return read(answer.body);
}

AzureIdentity::Token AzureIdentity::read(const std::string& body) const {
    const auto answer = Json::parse(body, nullptr, false);
    if (!answer.is_object()) throw odd_answer("is no JSON object");
    const auto token = answer.find("access_token");
    if (token == answer.end() || !token->is_string() || token->get_ref<const std::string&>().empty())
        throw odd_answer("holds no access_token");
    return {base::Secret(token->get<std::string>()), good_until(answer)};
}

}  // namespace headgate::identity
