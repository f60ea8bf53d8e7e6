// SPDX-License-Identifier: Apache-2.0
#include "revision/header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <format>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "revision/plain_header.hpp"
#include "toml/document.hpp"

namespace headgate::revision {

namespace {

constexpr std::size_t longest_id = 200;
constexpr std::array<std::string_view, 4> reserved_words = {"head", "heads", "base", "current"};

bool is_id_character(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || byte == '.';
}

// "500ms", "2s", "5min", "1h".
std::optional<base::Milliseconds> parse_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    static constexpr std::array<Unit, 4> units = {{{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}}};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return {};
    const std::string_view name = base::trim(text.substr(static_cast<std::size_t>(end - text.data())));
    const auto unit = std::ranges::find(units, name, &Unit::name);
    // The longest that PostgreSQL's lock_timeout takes.
    constexpr std::int64_t longest = std::numeric_limits<std::int32_t>::max();
    if (unit == units.end() || number > longest / unit->milliseconds) return {};
    return base::Milliseconds(number * unit->milliseconds);
}

class HeaderReader {
public:
    HeaderReader(const HeaderText& header, const std::string& file, Revision& revision,
                 std::vector<base::Problem>& problems)
        : header_(header), file_(file), revision_(revision), problems_(problems) {}

    HeaderOutcome run();

private:
    struct Key {
        std::string_view name;
        void (HeaderReader::*read)(const toml::Entry&);
    };
    static const std::array<Key, 9> keys;

    std::optional<toml::Document> parse();
    void read_entry(const toml::Entry& entry);
    void refuse_key(const toml::Entry& entry);

    void read_revision(const toml::Entry& entry);
    void read_down_revision(const toml::Entry& entry);
    void read_depends_on(const toml::Entry& entry);
    void read_branch_labels(const toml::Entry& entry);
    void read_message(const toml::Entry& entry);
    void read_create_date(const toml::Entry& entry);
    void read_transaction(const toml::Entry& entry);
    void read_breaking(const toml::Entry& entry);
    void read_lock_timeout(const toml::Entry& entry);

    std::vector<std::string> read_ids(const toml::Entry& entry, std::string_view hint);
    bool check_id(const toml::Entry& entry, const std::string& id);
    void refuse_type(const toml::Entry& entry, std::string_view wanted);
    void add(const base::SourceSpot& spot, std::string message, std::string hint);

    const HeaderText& header_;
    const std::string& file_;
    Revision& revision_;
    std::vector<base::Problem>& problems_;
};

const std::array<HeaderReader::Key, 9> HeaderReader::keys = {{
    {"revision", &HeaderReader::read_revision},
    {"down_revision", &HeaderReader::read_down_revision},
    {"message", &HeaderReader::read_message},
    {"create_date", &HeaderReader::read_create_date},
    {"branch_labels", &HeaderReader::read_branch_labels},
    {"depends_on", &HeaderReader::read_depends_on},
    {"transaction", &HeaderReader::read_transaction},
    {"breaking", &HeaderReader::read_breaking},
    {"lock_timeout", &HeaderReader::read_lock_timeout},
}};

HeaderOutcome HeaderReader::run() {
    const std::optional<toml::Document> document = parse();
    if (!document) return HeaderOutcome::not_toml;
    for (const toml::Entry& entry : document->entries) read_entry(entry);
    if (document->find("revision") == nullptr) {
        add({.file = {}, .line = header_.first_line - 1}, "the header names no revision",
            "add -- revision = \"…\" with an id that no other file has");
    }
    return HeaderOutcome::read;
}

std::optional<toml::Document> HeaderReader::parse() {
    if (auto plain = parse_plain_header(header_.toml, header_.first_line)) return plain;
    try {
        return toml::parse_document(header_.toml, file_, header_.first_line);
    } catch (const base::Error& error) {
        std::string message = error.message;
        if (message.ends_with('.')) message.pop_back();
        add(error.spot, std::move(message),
            error.hint.empty() ? "the header is TOML behind -- in each line" : error.hint);
        return {};
    }
}

void HeaderReader::read_entry(const toml::Entry& entry) {
    const auto key = std::ranges::find(keys, entry.key, &Key::name);
    if (key == keys.end()) return refuse_key(entry);
    (this->*key->read)(entry);
}

void HeaderReader::refuse_key(const toml::Entry& entry) {
    std::array<std::string_view, keys.size()> names;
    std::ranges::transform(keys, names.begin(), &Key::name);
    const std::optional<std::string> nearest = base::find_nearest(entry.key, names);
    std::string hint = nearest ? std::format("did you mean {}?", *nearest) : "the keys are ";
    if (!nearest) hint += base::join(std::vector<std::string>(names.begin(), names.end()), ", ");
    add(entry.spot, std::format("the header has an unknown key {}", entry.key), std::move(hint));
}

void HeaderReader::read_revision(const toml::Entry& entry) {
    revision_.lines.revision = entry.spot.line;
    const auto* id = std::get_if<std::string>(&entry.value);
    if (id == nullptr) return refuse_type(entry, "a string");
    if (check_id(entry, *id)) revision_.id = *id;
}

void HeaderReader::read_down_revision(const toml::Entry& entry) {
    revision_.lines.down_revision = entry.spot.line;
    revision_.down_revisions = read_ids(entry, "leave the line out where there is no parent");
}

void HeaderReader::read_depends_on(const toml::Entry& entry) {
    revision_.lines.depends_on = entry.spot.line;
    revision_.depends_on = read_ids(entry, "leave the line out where it depends on no other branch");
}

void HeaderReader::read_branch_labels(const toml::Entry& entry) {
    revision_.lines.branch_labels = entry.spot.line;
    revision_.branch_labels = read_ids(entry, "leave the line out where there is no label");
}

void HeaderReader::read_message(const toml::Entry& entry) {
    const auto* message = std::get_if<std::string>(&entry.value);
    if (message == nullptr) return refuse_type(entry, "a string");
    revision_.message = *message;
}

void HeaderReader::read_create_date(const toml::Entry& entry) {
    if (const auto* date = std::get_if<toml::DateTime>(&entry.value)) {
        revision_.create_date = date->text;
    } else if (const auto* text = std::get_if<std::string>(&entry.value)) {
        revision_.create_date = *text;
    } else {
        refuse_type(entry, "a date-time");
    }
}

void HeaderReader::read_transaction(const toml::Entry& entry) {
    const bool* in_one = std::get_if<bool>(&entry.value);
    if (in_one == nullptr) return refuse_type(entry, "true or false");
    revision_.transaction = *in_one ? TransactionMode::one_transaction : TransactionMode::none;
}

void HeaderReader::read_breaking(const toml::Entry& entry) {
    const bool* is_breaking = std::get_if<bool>(&entry.value);
    if (is_breaking == nullptr) return refuse_type(entry, "true or false");
    revision_.is_breaking = *is_breaking;
}

void HeaderReader::read_lock_timeout(const toml::Entry& entry) {
    const auto* text = std::get_if<std::string>(&entry.value);
    if (text == nullptr) return refuse_type(entry, "a string like \"500ms\", \"2s\" or \"5min\"");
    revision_.lock_timeout = parse_duration(*text);
    if (!revision_.lock_timeout) {
        add(entry.spot, std::format("\"{}\" is no duration", *text), "write it like \"500ms\", \"2s\" or \"5min\"");
    }
}

// A string, or an array of strings, none of them twice.
std::vector<std::string> HeaderReader::read_ids(const toml::Entry& entry, std::string_view hint) {
    std::vector<std::string> ids;
    if (const auto* id = std::get_if<std::string>(&entry.value)) {
        ids = {*id};
    } else if (const auto* array = std::get_if<toml::Array>(&entry.value)) {
        ids = *array;
    } else {
        refuse_type(entry, "a string or an array of strings");
    }
    std::vector<std::string> kept;
    for (const std::string& id : ids) {
        if (id.empty()) {
            add(entry.spot, std::format("{} is empty", entry.key), std::string(hint));
        } else if (std::ranges::find(kept, id) != kept.end()) {
            add(entry.spot, std::format("{} names {} twice", entry.key, id), "name it once");
        } else if (check_id(entry, id)) {
            kept.push_back(id);
        }
    }
    return kept;
}

bool HeaderReader::check_id(const toml::Entry& entry, const std::string& id) {
    const std::optional<std::string> fault = find_id_fault(id);
    if (fault) {
        add(entry.spot, std::format("{} \"{}\" {}", entry.key, id.substr(0, longest_id), *fault),
            "use letters, digits, _ and . only, 200 at most");
    }
    return !fault;
}

void HeaderReader::refuse_type(const toml::Entry& entry, std::string_view wanted) {
    add(entry.spot, std::format("{} is {}", entry.key, toml::type_name(entry)), std::format("it has to be {}", wanted));
}

// The column in the file: the TOML stands behind "-- ".
void HeaderReader::add(const base::SourceSpot& spot, std::string message, std::string hint) {
    base::SourceSpot in_file{file_, spot.line, spot.column};
    const std::size_t index = spot.line - header_.first_line;
    if (spot.line >= header_.first_line && index < header_.cut.size() && spot.column > 0) {
        in_file.column += header_.cut[index];
    }
    problems_.push_back({std::move(in_file), std::move(message), std::move(hint)});
}

}  // namespace

HeaderOutcome parse_header(const HeaderText& header, const std::string& file, Revision& revision,
                           std::vector<base::Problem>& problems) {
    return HeaderReader(header, file, revision, problems).run();
}

std::optional<std::string> find_id_fault(std::string_view id) {
    if (id.empty()) return "is empty";
    if (id.size() > longest_id) return "is too long";
    if (std::ranges::find(reserved_words, id) != reserved_words.end()) return "is a word that means something else";
    const auto wrong = std::ranges::find_if_not(id, is_id_character);
    if (wrong == id.end()) return {};
    const bool is_printable = *wrong > ' ' && *wrong < 127;
    return is_printable ? std::format("holds {}", *wrong) : "holds a character that is no letter or digit";
}

}  // namespace headgate::revision
