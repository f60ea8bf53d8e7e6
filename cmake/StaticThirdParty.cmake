# SPDX-License-Identifier: Apache-2.0
# The shipped binary: the distribution's static archives, nothing else. What each needs is written down here, because
# their pkg-config files name libraries that have no static archive (Kerberos, LDAP) or that we leave out (zlib, zstd).

# static_archive(variable name [folder]): the full path of lib<name>.a.
function(static_archive variable name)
    find_library(${variable} NAMES lib${name}.a PATHS ${ARGN} REQUIRED NO_CACHE)
    set(${variable} ${${variable}} PARENT_SCOPE)
endfunction()

static_archive(PQXX_ARCHIVE pqxx)
static_archive(PQ_ARCHIVE pq)
static_archive(SQLITECPP_ARCHIVE SQLiteCpp)
static_archive(SQLITE_ARCHIVE sqlite3)
# libpq.a leaves out what PostgreSQL's own libraries give it, in the form that is built for a library.
file(GLOB POSTGRES_LIBRARY_FOLDERS /usr/lib/postgresql/*/lib)
static_archive(PGCOMMON_ARCHIVE pgcommon_shlib ${POSTGRES_LIBRARY_FOLDERS})
static_archive(PGPORT_ARCHIVE pgport_shlib ${POSTGRES_LIBRARY_FOLDERS})
find_path(LIBPQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)

# C code that no exception passes through needs no tables for unwinding: without OpenSSL's the binary is 0.7 MB smaller.
# trimmed_library(target): link a copy of the target's archive, kept under its own path in trimmed/, which
# scripts/packaging/linked.py takes off again.
function(trimmed_library target)
    get_target_property(archive ${target} IMPORTED_LOCATION)
    set(trimmed "${PROJECT_BINARY_DIR}/trimmed${archive}")
    cmake_path(GET trimmed PARENT_PATH folder)
    add_custom_command(OUTPUT ${trimmed} DEPENDS ${archive} VERBATIM
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND ${CMAKE_OBJCOPY} --enable-deterministic-archives --remove-section=.eh_frame
            --remove-section=.rela.eh_frame ${archive} ${trimmed})
    string(MAKE_C_IDENTIFIER "trimmed_${target}" rule)
    add_custom_target(${rule} DEPENDS ${trimmed})
    add_dependencies(${target} ${rule})
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${trimmed})
endfunction()
trimmed_library(OpenSSL::Crypto)
trimmed_library(OpenSSL::SSL)

# FindOpenSSL adds zlib and zstd where pkg-config lists them; cmake/static/absent_libraries.c stands in for both.
set_target_properties(OpenSSL::Crypto PROPERTIES INTERFACE_LINK_LIBRARIES Threads::Threads)
set_target_properties(OpenSSL::SSL PROPERTIES INTERFACE_LINK_LIBRARIES OpenSSL::Crypto)

add_library(third_party_postgres INTERFACE)
target_include_directories(third_party_postgres SYSTEM INTERFACE ${LIBPQ_INCLUDE})
target_link_libraries(third_party_postgres INTERFACE
    ${PQXX_ARCHIVE} ${PQ_ARCHIVE} ${PGCOMMON_ARCHIVE} ${PGPORT_ARCHIVE} OpenSSL::SSL OpenSSL::Crypto)

add_library(third_party_sqlite INTERFACE)
target_link_libraries(third_party_sqlite INTERFACE ${SQLITECPP_ARCHIVE} ${SQLITE_ARCHIVE} m)

# The distribution mends a library without changing its version, so --version tells the packages' versions too.
function(owning_package variable file)
    execute_process(COMMAND dpkg-query --search ${file} OUTPUT_VARIABLE owner ERROR_QUIET)
    string(REGEX REPLACE ": .*" "" owner "${owner}")
    execute_process(COMMAND dpkg-query --show "--showformat=\${Package} \${Version}" ${owner}
        OUTPUT_VARIABLE package ERROR_QUIET)
    set(${variable} ${package} PARENT_SCOPE)
endfunction()

static_archive(C_ARCHIVE c)
foreach(archive IN ITEMS ${OPENSSL_CRYPTO_LIBRARY} ${PQ_ARCHIVE} ${PQXX_ARCHIVE} ${SQLITE_ARCHIVE} ${SQLITECPP_ARCHIVE} ${C_ARCHIVE})
    owning_package(package ${archive})
    list(APPEND HEADGATE_BUILT_FROM ${package})
endforeach()
list(JOIN HEADGATE_BUILT_FROM ", " HEADGATE_BUILT_FROM)

# headgate_link_static(target): a position-independent executable that needs no file of the image it runs in.
# Stripped, libpq, OpenSSL and SQLite alone would take 11.3 MB: dropping unused sections saves 0.8 MB, packing the
# relative relocations another 0.75 MB. By lld, which does not repeat glibc's remark on every function that loads
# name-service modules at run time: main limits those to the built-in ones before it uses any (identical code folding
# would save 0.03 MB more and make different functions compare equal).
function(headgate_link_static target)
    target_sources(${target} PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/static/absent_libraries.c")
    # What every start does for every revision file is compiled for speed, the rest for size.
    foreach(layer base sql toml revision ledger plan)
        target_compile_options(headgate_${layer} PRIVATE -O2)
    endforeach()
    target_link_options(${target} PRIVATE -static-pie -fuse-ld=lld -s -Wl,--gc-sections -Wl,-z,pack-relative-relocs
        -Wl,-Map=headgate.map)  # scripts/packaging reads there what is inside
endfunction()
