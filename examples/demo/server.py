#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo's server: what the gate becomes once the database is at head.

It answers from the database that DATABASE_URL names, in SQLAlchemy's spelling, and knows nothing of migrations:
GET /healthz, GET /articles, GET /articles/<slug>. PORT is where it listens; 0 lets the system choose, and the line
"listening on http://…" says which port that is.
"""

import http.server
import json
import os
import signal
import sys
import urllib.parse


class Database:
    """One short connection per request: a demo's server has few."""

    def __init__(self, url):
        scheme, _, rest = url.partition("://")
        self.kind = scheme.partition("+")[0].replace("postgresql", "postgres")
        if self.kind == "sqlite":
            # Three slashes and a path: a relative one, an absolute one where a fourth follows.
            self.place = urllib.parse.unquote(rest.removeprefix("/").partition("?")[0])
        elif self.kind == "postgres":
            self.place = "postgresql://" + rest
        else:
            raise SystemExit("server: DATABASE_URL must begin with sqlite:// or postgresql://")

    def connect(self):
        if self.kind == "sqlite":
            import sqlite3

            return sqlite3.connect(f"file:{urllib.parse.quote(self.place)}?mode=rw", uri=True)
        import psycopg2

        return psycopg2.connect(self.place)

    def rows(self, query, *values):
        connection = self.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(query if self.kind == "sqlite" else query.replace("?", "%s"), values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor.fetchall()]
        finally:
            connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        if path == "/healthz":
            self.answer(200, {"pid": os.getpid(), "database": self.server.database.kind})
        elif path == "/articles":
            self.answer(200, self.articles(""))
        elif path.startswith("/articles/"):
            found = self.articles(" WHERE slug = ?", path.removeprefix("/articles/"))
            self.answer(200, found[0]) if found else self.answer(404, {"error": "no such article"})
        else:
            self.answer(404, {"error": "try /healthz, /articles or /articles/welcome"})

    def articles(self, condition, *values):
        query = "SELECT slug, title, author, comments FROM published_articles" + condition + " ORDER BY slug"
        return self.server.database.rows(query, *values)

    def answer(self, status, value):
        body = (json.dumps(value, ensure_ascii=False) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        print(f"server: {self.command} {self.path} -> {values[1]}", file=sys.stderr, flush=True)


def main():
    # As the first process of a container a program without a handler would ignore this signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler)
    server.database = Database(os.environ["DATABASE_URL"])
    print(f"server: process {os.getpid()} listening on http://127.0.0.1:{server.server_address[1]}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
