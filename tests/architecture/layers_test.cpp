// SPDX-License-Identifier: Apache-2.0
// The layers of docs/ARCHITECTURE.md hold: the table in src/CMakeLists.txt is what the compiler links, and what the
// #include lines are compared with here.
#include <format>
#include <map>
#include <set>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "architecture/source_files.hpp"

using namespace headgate::architecture;

namespace {

using Layers = std::map<std::string, std::set<std::string>>;  // "src/database/postgres" → what it may include

std::string target_of(std::string path) {
    for (char& c : path)
        if (c == '/') c = '_';
    return "headgate_" + path;
}

// "headgate_layer(path SEES layers… USES libraries…)", which may go over several lines; comments left out.
std::vector<std::string> read_layer_calls() {
    const auto files = read_sources("src", {"CMakeLists.txt"});
    REQUIRE(files.size() == 1);
    std::string text;
    for (const auto& line : files[0].lines()) text += line.substr(0, line.find('#')) + "\n";
    std::vector<std::string> calls;
    const std::string name = "headgate_layer(";
    for (auto start = text.find(name); start != std::string::npos; start = text.find(name, start + 1)) {
        const auto begin = start + name.size();
        calls.push_back(text.substr(begin, text.find(')', begin) - begin));
    }
    return calls;
}

Layers read_table() {
    std::map<std::string, std::string> path_of_target;
    Layers layers;
    for (const auto& call : read_layer_calls()) {
        std::istringstream words(call);
        std::string path;
        words >> path;
        path_of_target[target_of(path)] = path;
        layers[path].insert(path);
        bool sees = false;
        for (std::string word; words >> word;) {
            if (word == "SEES" || word == "USES")
                sees = word == "SEES";
            else if (sees)
                layers[path].insert(path_of_target.at(word));  // throws for a layer above
        }
    }
    return layers;
}

// What a layer sees, the layers below see for it.
void close_transitively(Layers& layers) {
    for (auto& [path, seen] : layers)
        for (bool has_grown = true; has_grown;) {
            const auto before = seen.size();
            for (const auto& other : std::set<std::string>(seen))
                seen.insert(layers[other].begin(), layers[other].end());
            has_grown = seen.size() > before;
        }
}

std::string layer_of_include(const std::string& name) {
    return std::filesystem::path(name).parent_path().generic_string();
}

struct Owner {
    std::string header;  // its name, or the start of it
    std::set<std::string> folders;
};

// Every third-party header and the folders that may see it.
const std::vector<Owner>& owners() {
    static const std::vector<Owner> table = {
        {"pqxx", {"src/database/postgres"}},
        {"libpq", {"src/database/postgres"}},
        {"SQLiteCpp/", {"src/database/sqlite"}},
        {"sqlite3.h", {"src/database/sqlite"}},
        {"toml.hpp", {"src/toml"}},
        {"toml11/", {"src/toml"}},
        {"boost/beast/", {"src/net"}},
        {"boost/", {"src/process"}},
        {"openssl/", {"src/base", "src/tls", "entrypoint"}},
        {"spdlog/", {"entrypoint"}},
        {"nlohmann/", {"src/identity", "entrypoint"}},
        {"CLI/", {"entrypoint"}},
        {"sys/", {}},
        {"arpa/", {}},
        {"netinet/", {}},
        {"linux/", {}},
        {"catch2/", {"nowhere"}},
    };
    return table;
}

// No folders: part of the system, for everyone.
const Owner* owner_of(const std::string& header) {
    for (const auto& owner : owners())
        if (header.starts_with(owner.header)) return &owner;
    return nullptr;
}

}  // namespace

TEST_CASE("the table of layers names every folder of src, and nothing else") {
    std::set<std::string> in_table;
    for (const auto& [path, seen] : read_table()) in_table.insert("src/" + path);
    std::set<std::string> on_disk;
    for (const auto& file : read_code({"src"})) on_disk.insert(file.folder());
    CHECK(in_table == on_disk);
}

TEST_CASE("a layer includes only the layers it may see") {
    Layers layers = read_table();
    close_transitively(layers);
    std::vector<std::string> faults;
    for (const auto& file : read_code({"src"})) {
        const auto& seen = layers[file.folder().substr(4)];
        for (const auto& include : find_includes(file))
            if (include.is_quoted && !seen.contains(layer_of_include(include.name)))
                faults.push_back(std::format("{} may not include \"{}\"", at(file, include.line), include.name));
    }
    INFO(join(faults));
    CHECK(faults.empty());
}

TEST_CASE("what is decided without a database cannot see one") {
    Layers layers = read_table();
    close_transitively(layers);
    for (const std::string pure : {"revision", "plan", "ledger", "sql", "url", "settings"}) {
        INFO(pure);
        CHECK_FALSE(layers.at(pure).contains("database"));
    }
    CHECK_FALSE(layers.at("apply").contains("settings"));
    CHECK_FALSE(layers.at("apply").contains("database/postgres"));
}

TEST_CASE("a third-party header appears only in the folder that owns it") {
    std::vector<std::string> faults;
    for (const auto& file : read_code({"src", "entrypoint"}))
        for (const auto& include : find_includes(file)) {
            const Owner* owner = owner_of(include.name);
            const bool is_foreign = !include.is_quoted && include.name.contains('/') && owner == nullptr;
            const bool is_misplaced =
                owner != nullptr && !owner->folders.empty() && !owner->folders.contains(file.folder());
            if (is_foreign || is_misplaced)
                faults.push_back(std::format("{} includes <{}>", at(file, include.line), include.name));
        }
    INFO(join(faults));
    CHECK(faults.empty());
}

TEST_CASE("exactly one file pays for compiling toml.hpp") {
    std::vector<std::string> files;
    for (const auto& file : read_code({"src", "entrypoint", "tests"}))
        for (const auto& include : find_includes(file))
            if (include.name.starts_with("toml.hpp") || include.name.starts_with("toml11/"))
                files.push_back(at(file, include.line));
    INFO(join(files));
    CHECK(files.size() == 1);
}

TEST_CASE("exactly one file speaks HTTP") {
    std::set<std::string> files;
    for (const auto& file : read_code({"src", "entrypoint"}))
        for (const auto& include : find_includes(file))
            if (include.name.starts_with("boost/beast/")) files.insert(file.path.generic_string());
    CHECK(files == std::set<std::string>{"src/net/http.cpp"});
}
