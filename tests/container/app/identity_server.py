#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""App Service's token endpoint, as far as it is documented: identity_server.py PORT SECRET TOKEN. It answers only the
request that the platform would answer, and says on stderr how each went."""

import http.server
import json
import sys
import time
import urllib.parse

port, secret, token = sys.argv[1:]
wanted = {"resource": ["https://ossrdbms-aad.database.windows.net"], "api-version": ["2019-08-01"]}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        asked = urllib.parse.parse_qs(url.query)
        if url.path != "/msi/token" or self.headers["X-IDENTITY-HEADER"] != secret or asked != wanted:
            self.answer(400, {"statusCode": 400, "message": "not what the platform answers"})
            return
        expires = str(int(time.time()) + 86400)
        self.answer(200, {"access_token": token, "expires_on": expires, "token_type": "Bearer", "resource": wanted["resource"][0],
                          "client_id": "5e29463d-71da-4fe0-8e69-999b57db23b0"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        print("identity: answered " + values[1] if len(values) > 1 else "identity: ?", file=sys.stderr, flush=True)


http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
