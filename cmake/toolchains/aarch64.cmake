# SPDX-License-Identifier: Apache-2.0
# For scripts/cross_arm64: Debian's cross compiler, and arm64 libraries installed beside the machine's own. PostgreSQL's
# server headers cannot be installed for two architectures at once, so HEADGATE_FOREIGN_ROOT holds the second copy.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_OBJCOPY aarch64-linux-gnu-objcopy)
set(PKG_CONFIG_EXECUTABLE aarch64-linux-gnu-pkg-config)
set(CMAKE_FIND_ROOT_PATH $ENV{HEADGATE_FOREIGN_ROOT} /)
