# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of our own and a relay in front of it, for as long as a `with` block lasts."""

import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Postgres:
    """Default settings: what users run, durable commits included."""

    def __enter__(self):
        self.programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = tempfile.mkdtemp(prefix="headgate-bench-")
        self.port = free_port()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder + "/data"
        self.as_owner("initdb", "-D", data, "-U", "bench", "-A", "trust", "--no-sync")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self.as_owner("pg_ctl", "-s", "-w", "-D", data, "-l", self.folder + "/log", "-o", options, "start")
        return self

    def __exit__(self, *_):
        self.as_owner("pg_ctl", "-s", "-m", "immediate", "-D", self.folder + "/data", "stop")
        shutil.rmtree(self.folder)

    def as_owner(self, program, *arguments):
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run([*become, f"{self.programs}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def sql(self, command, database="postgres"):
        run = subprocess.run(["psql", "-XAtq", self.url(database), "-c", command], check=True, capture_output=True, text=True)
        return run.stdout.strip()

    def new_database(self, name):
        self.sql(f"DROP DATABASE IF EXISTS {name}")
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database, port=None):
        return f"postgresql://bench@127.0.0.1:{port or self.port}/{database}?sslmode=disable&gssencmode=disable"


class Relay:
    def __init__(self, server_port, round_trip_ms=0):
        script = pathlib.Path(__file__).with_name("relay.py")
        self.command = [sys.executable, str(script), str(server_port), str(round_trip_ms)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def turns_of_next(self):
        """Answered turns of the connection that ended first since the last call; waits for it."""
        return int(self.process.stdout.readline())
