#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A guestbook: what the gate becomes on App Service. It knows nothing of migrations.

Its database is DATABASE_URL, or a connection string of App Service's; without a password in it, the app's managed
identity gets one. PORT is where it listens, on every address: the platform's requests come from outside the container.
"""

import http.server
import json
import os
import signal
import sys
import urllib.parse
import urllib.request

import psycopg2

ADO_NET = {
    "server": "host", "host": "host", "port": "port", "database": "dbname", "user id": "user", "username": "user",
    "password": "password", "ssl mode": "sslmode",
}


def read_ado_net(text):
    pairs = [part.split("=", 1) for part in text.split(";") if part.strip()]
    database = {ADO_NET[name.strip().lower()]: value.strip() for name, value in pairs}
    return database | {"sslmode": database.get("sslmode", "require").lower()}


def find_database():
    """psycopg2's arguments."""
    url = os.environ.get("DATABASE_URL")
    if url:
        scheme, _, rest = url.partition("://")
        return psycopg2.extensions.parse_dsn(scheme.partition("+")[0] + "://" + rest)
    strings = [value for name, value in sorted(os.environ.items()) if name.startswith("POSTGRESQLCONNSTR_")]
    if not strings:
        raise SystemExit("guestbook: neither DATABASE_URL nor a connection string of type PostgreSQL is set")
    return read_ado_net(strings[0]) if ";" in strings[0] else psycopg2.extensions.parse_dsn(strings[0])


def ask_identity():
    """An access token of the app's managed identity, which is its password to Azure's PostgreSQL."""
    query = urllib.parse.urlencode({"resource": "https://ossrdbms-aad.database.windows.net", "api-version": "2019-08-01"})
    request = urllib.request.Request(os.environ["IDENTITY_ENDPOINT"] + "?" + query)
    request.add_header("X-IDENTITY-HEADER", os.environ["IDENTITY_HEADER"])
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["access_token"]


def query(sql):
    database = find_database()
    if "password" not in database and "IDENTITY_ENDPOINT" in os.environ:
        database["password"] = ask_identity()
    connection = psycopg2.connect(**database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/":
            entries = [{"guest": guest, "words": words} for guest, words in query("SELECT guest, words FROM entries ORDER BY id")]
            self.answer(200, {"pid": os.getpid(), "title": self.server.title, "entries": entries})
        else:
            self.answer(404, {"error": "there is only /"})

    def answer(self, status, value):
        body = (json.dumps(value) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        print("guestbook: " + form % values, file=sys.stderr, flush=True)


def main():
    # As the first process of a container a program without a handler would ignore this signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler)
    server.title = sys.argv[1] if len(sys.argv) > 1 else "Guestbook"
    server.serve_forever()


if __name__ == "__main__":
    main()
