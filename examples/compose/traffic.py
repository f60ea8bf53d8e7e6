#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A constant stream of requests: traffic.py http://host:port

Four clients write notes, read them back and list the newest ones. Once a second a line says what was sent since the
start, how much of it failed, and which version answered. SIGTERM or Ctrl-C ends it with a last line; the exit status
says whether anything failed. The written notes begin with the name in the first line.
"""

import collections
import http.client
import json
import signal
import socket
import sys
import threading
import time
import urllib.parse

CLIENTS = 4
PAUSE = 0.03
PATIENCE = 10


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.count = collections.Counter()
        self.slowest = 0.0

    def add(self, what, seconds, version):
        with self.lock:
            self.count.update(what)
            if version is not None:
                self.count["version" + version] += 1
            self.slowest = max(self.slowest, seconds)

    def line(self):
        with self.lock:
            fields = ("sent", "failed", "written", "version1", "version2")
            shown = " ".join(f"{field}={self.count[field]}" for field in fields)
            return f"{shown} slowest={self.slowest * 1000:.0f}ms"


class Client(threading.Thread):
    """One client with a connection that it keeps, as a browser does."""

    def __init__(self, address, name, tally, stop):
        super().__init__()
        self.address, self.tag, self.tally, self.stop = address, name, tally, stop
        self.connection = self.connect()

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=PATIENCE)

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            self.write_and_read(f"{self.tag}-{number}")
            self.request("GET", "/notes", 200, lambda notes: len(notes) > 0)
            self.request("GET", "/", 200)

    def write_and_read(self, body):
        note = self.request("POST", "/notes", 201, lambda new: new["body"] == body, {"body": body})
        if note is not None:
            self.request("GET", f"/notes/{note['id']}", 200, lambda read: read["body"] == body)

    def request(self, method, path, expected, is_right=None, value=None):
        """What was answered; None where that is not what it has to be."""
        started = time.monotonic()
        version, answer, fault = None, None, None
        try:
            body = None if value is None else json.dumps(value)
            self.connection.request(method, path, body, {"Content-Type": "application/json"})
            response = self.connection.getresponse()
            text = response.read()
            version = response.getheader("x-notes-version")
            if response.status != expected:
                fault = f"status {response.status}: {text[:200]!r}"
            elif is_right is not None:
                answer = json.loads(text)
                fault = None if is_right(answer) else f"wrong answer: {text[:200]!r}"
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
            fault = f"{type(error).__name__}: {error}"
            self.connection.close()
            self.connection = self.connect()
        self.note(method, path, fault, time.monotonic() - started, version)
        self.stop.wait(PAUSE)
        return None if fault else answer

    def note(self, method, path, fault, seconds, version):
        what = ["sent"]
        if fault:
            what.append("failed")
            print(f"{time.strftime('%H:%M:%S')} failed: {method} {path}: {fault}", flush=True)
        elif method == "POST":
            what.append("written")
        self.tally.add(what, seconds, version)


def main():
    address = urllib.parse.urlsplit(sys.argv[1]).netloc
    name = f"traffic-{socket.gethostname()}-{int(time.time())}"
    stop, tally = threading.Event(), Tally()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print(f"notes={name} to={address}", flush=True)
    clients = [Client(address, f"{name}-{n}", tally, stop) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    while not stop.wait(1):
        print(tally.line(), flush=True)
    for client in clients:
        client.join()
    print("end " + tally.line(), flush=True)
    return 1 if tally.count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
