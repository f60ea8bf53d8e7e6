#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs inside a container of the toolchain image, as postgres: a new PostgreSQL on port $1, called $2, that wants TLS and a
# password. Its certificate's authority is left in /tmp/ca.pem.
set -eu
cd /tmp
programs=$(echo /usr/lib/postgresql/*/bin)
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=headgate test authority' -keyout ca.key -out ca.pem 2>req.log
openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout server.key -out server.csr 2>>req.log
printf 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:%s\n' "$2" >names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem 2>>req.log
chmod 600 server.key
printf 'p@ss:w/rd' >password
"$programs/initdb" -D data -U app --auth=scram-sha-256 --pwfile=password >initdb.log
printf 'hostssl all all 127.0.0.1/32 scram-sha-256\nlocal all all trust\n' >data/pg_hba.conf
exec "$programs/postgres" -D data -p "$1" -k /tmp -c listen_addresses=127.0.0.1 -c fsync=off \
    -c ssl=on -c ssl_cert_file=/tmp/server.pem -c ssl_key_file=/tmp/server.key
