# SPDX-License-Identifier: Apache-2.0
# The language, the warnings (all errors), the sanitizers and the hardening of every target of the project.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

# Fields that an initializer leaves out have their defaults on purpose.
add_library(headgate_compiling INTERFACE)
target_compile_options(headgate_compiling INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Wno-missing-field-initializers
    $<$<COMPILE_LANGUAGE:CXX>:-Wswitch-enum -Wnon-virtual-dtor -Wold-style-cast>)

if(HEADGATE_SANITIZE)
    add_compile_options(-fsanitize=${HEADGATE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${HEADGATE_SANITIZE})
endif()
if(HEADGATE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Boost has fences, which the sanitizer does not see
endif()

if(CMAKE_BUILD_TYPE MATCHES "Release|MinSizeRel")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
        -D_GLIBCXX_ASSERTIONS -ffunction-sections -fdata-sections)
    add_link_options(-Wl,--gc-sections -Wl,-z,relro,-z,now)
endif()

# The shipped binary is the same wherever it is built: no path of the source in it, and nothing drawn at random.
if(HEADGATE_STATIC)
    add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -frandom-seed=headgate -Werror=date-time)
endif()
