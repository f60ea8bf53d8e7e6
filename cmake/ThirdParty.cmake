# SPDX-License-Identifier: Apache-2.0
# Every library that is not ours, from the distribution, as SYSTEM targets. Only the folder that owns a library links it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
if(HEADGATE_STATIC)
    set(OPENSSL_USE_STATIC_LIBS ON)
endif()
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.83 CONFIG REQUIRED COMPONENTS headers)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(toml11 CONFIG REQUIRED)

# Boost.Process v2 without its compiled parts, on std::filesystem.
add_library(third_party_boost_process INTERFACE)
target_link_libraries(third_party_boost_process INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(third_party_boost_process INTERFACE
    BOOST_PROCESS_USE_STD_FS BOOST_PROCESS_V2_HEADER_ONLY BOOST_ALL_NO_LIB BOOST_ASIO_NO_DEPRECATED)

# By include path: the packaged spdlog targets want a shared fmt.
add_library(third_party_spdlog INTERFACE)
target_compile_definitions(third_party_spdlog INTERFACE SPDLOG_USE_STD_FORMAT)

if(HEADGATE_STATIC)
    include(StaticThirdParty)
else()
    pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
    pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
    find_package(SQLiteCpp CONFIG REQUIRED)
    find_package(SQLite3 REQUIRED)
    add_library(third_party_postgres INTERFACE)
    target_link_libraries(third_party_postgres INTERFACE PkgConfig::PQXX PkgConfig::PQ)
    add_library(third_party_sqlite INTERFACE)
    target_link_libraries(third_party_sqlite INTERFACE SQLiteCpp SQLite::SQLite3)
endif()
