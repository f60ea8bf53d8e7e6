# SPDX-License-Identifier: Apache-2.0
# An image whose own configuration is poison for whoever reads it: its name service and its OpenSSL name modules that do
# not exist. A static binary with glibc and OpenSSL inside could well read both.
ARG base
FROM $base
COPY tests/container/app/foreign/nsswitch.conf /etc/nsswitch.conf
COPY tests/container/app/foreign/openssl.cnf /usr/lib/ssl/openssl.cnf
COPY tests/container/app/foreign/openssl.cnf /etc/ssl/openssl.cnf
ENV OPENSSL_CONF=/etc/ssl/openssl.cnf
