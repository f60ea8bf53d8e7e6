#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/kubernetes and docs/kubernetes.md against the program: settings, commands, exit codes, time budgets and
roles. What needs Kubernetes itself is in tests/kubernetes/run.

examples_test.py HEADGATE_BINARY      (HEADGATE_TEST_POSTGRES_URL: a server's superuser, for the roles)
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import uuid

import yaml

PROJECT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = PROJECT / "examples/kubernetes"
GUIDE = PROJECT / "docs/kubernetes.md"
VARIANTS = ["gate.yaml", "init-container.yaml", "job.yaml", "job-restart-in-place.yaml"]
HEADGATE = sys.argv.pop(1)
SECONDS = {"s": 1, "min": 60, "h": 3600}


def headgate(*arguments, **environment):
    sanitizer = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return subprocess.run([HEADGATE, *arguments], env=sanitizer | environment, capture_output=True, text=True, timeout=120)


def objects(name):
    return [found for found in yaml.safe_load_all((EXAMPLES / name).read_text()) if found]


def find(name, kind):
    return [found for found in objects(name) if found["kind"] == kind]


def pods():
    """(file, workload, pod's specification) of every workload."""
    for name in VARIANTS:
        for workload in objects(name):
            if "template" in workload["spec"]:
                yield name, workload, workload["spec"]["template"]["spec"]


def containers():
    for name, workload, pod in pods():
        for container in pod.get("initContainers", []) + pod["containers"]:
            yield name, workload, pod, container


def secrets_of(container):
    return {source["secretRef"]["name"] for source in container.get("envFrom", [])}


def environment_of(container):
    values = {entry["name"]: entry["value"] for entry in container.get("env", [])}
    for secret in find("database.yaml", "Secret"):
        if secret["metadata"]["name"] in secrets_of(container):
            values |= secret["stringData"]
    return values


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|min|h)", text).groups()
    return int(number) * SECONDS[unit]


def exit_codes():
    """README's table, which unit_entrypoint compares with the program's; without 0 and 128+N."""
    table = (PROJECT / "README.md").read_text().split("<!-- exit codes:")[1].split("<!-- end of exit codes")[0]
    return {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} - {0}


def rules_of(name):
    """action -> exit codes of the Job's rules."""
    rules = find(name, "Job")[0]["spec"]["podFailurePolicy"]["rules"]
    return {rule["action"]: set(rule["onExitCodes"]["values"]) for rule in rules if "onExitCodes" in rule}


class Manifests(unittest.TestCase):
    def test_headgate_takes_every_setting_as_it_is_written(self):
        for name, _, _, container in containers():
            given = environment_of(container)
            if not container["command"][0] == "/headgate":
                self.assertFalse([key for key in given if key.startswith("HEADGATE_")], name)
                continue
            printed = headgate("config", "--json", **given)
            self.assertEqual(printed.returncode, 0, printed.stderr)
            origins = {setting["origin"] for setting in json.loads(printed.stdout).values()}
            unused = {key for key in given if key.startswith("HEADGATE_")} - origins
            self.assertFalse(unused, f"{name}: {container['name']}")

    def test_headgate_has_every_command_and_flag(self):
        seen = 0
        for name, _, _, container in containers():
            program, *arguments = container["command"]
            if program != "/headgate":
                continue
            helped = headgate(arguments[0], "--help")
            self.assertIn(f"Usage: headgate {arguments[0]} ", helped.stdout, name)
            for flag in [argument for argument in arguments if argument.startswith("--") and argument != "--"]:
                self.assertIn(flag, helped.stdout, name)
            seen += 1
        self.assertEqual(seen, 5)

    def test_only_what_migrates_has_the_owners_secret(self):
        for name, _, _, container in containers():
            owner, migrates = "app-database-owner" in secrets_of(container), container["name"] == "migrate" or name == "gate.yaml"
            self.assertEqual(owner, migrates, f"{name}: {container['name']}")

    def test_every_exit_code_has_one_rule(self):
        for name, others in (("job.yaml", {1}), ("job-restart-in-place.yaml", {1, 75, 124})):
            rules = rules_of(name)
            self.assertFalse(rules["FailJob"] & rules["Count"], name)
            self.assertEqual(rules["FailJob"] | rules["Count"] | others, exit_codes(), name)
        container = find("job-restart-in-place.yaml", "Job")[0]["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(container["restartPolicyRules"][0]["exitCodes"]["values"], [75, 124])

    def test_no_probe_or_deadline_ends_headgate_before_its_own(self):
        for name, workload, pod, container in containers():
            if "HEADGATE_DEADLINE" not in environment_of(container):
                continue
            limit = seconds(environment_of(container)["HEADGATE_DEADLINE"])
            where = f"{name}: {workload['kind']}"
            if workload["kind"] == "Job":
                self.assertGreaterEqual(workload["spec"]["activeDeadlineSeconds"], limit + 60, where)
                continue
            if container in pod["containers"]:
                probe = container["startupProbe"]
                self.assertGreaterEqual(probe["periodSeconds"] * probe["failureThreshold"], limit + 60, where)
            self.assertGreaterEqual(workload["spec"]["progressDeadlineSeconds"], limit + 120, where)

    def test_waiting_replicas_outlast_the_job(self):
        job, waiting = (find("job.yaml", kind)[0] for kind in ("Job", "Deployment"))
        limits = environment_of(waiting["spec"]["template"]["spec"]["containers"][0])
        migrating = environment_of(job["spec"]["template"]["spec"]["containers"][0])
        self.assertGreater(seconds(limits["HEADGATE_GATE_TIMEOUT"]), seconds(migrating["HEADGATE_DEADLINE"]))
        self.assertGreater(seconds(limits["HEADGATE_DEADLINE"]), seconds(limits["HEADGATE_GATE_TIMEOUT"]))

    def test_containers_are_alike_where_they_must_be(self):
        found = list(containers())
        self.assertEqual({container["image"] for *_, container in found}, {"registry.example/app:1"})
        for name, _, pod, container in found:
            self.assertTrue(pod["securityContext"]["runAsNonRoot"], name)
            self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"], name)
            self.assertEqual(container["terminationMessagePath"], "/dev/termination-log", name)
            self.assertIn("memory", container["resources"]["limits"], name)

    def test_in_place_differs_from_the_job_in_its_restarts_alone(self):
        plain, in_place = (find(name, "Job")[0] for name in ("job.yaml", "job-restart-in-place.yaml"))
        for job in (plain, in_place):
            del job["spec"]["podFailurePolicy"]["rules"][-1]["onExitCodes"]["values"]
            job["spec"]["template"]["spec"]["containers"][0].pop("restartPolicy", None)
            job["spec"]["template"]["spec"]["containers"][0].pop("restartPolicyRules", None)
        self.assertEqual(plain, in_place)


class Guide(unittest.TestCase):
    def test_it_says_what_becomes_of_every_exit_code(self):
        rows = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", GUIDE.read_text(), re.MULTILINE) for code in row.split(", ")}
        self.assertEqual(rows - {0, 137, 143}, exit_codes())

    def test_its_files_and_settings_exist(self):
        text = GUIDE.read_text()
        for name in re.findall(r"\]\((\.\./[\w./-]+)\)", text):
            self.assertTrue((GUIDE.parent / name).exists(), name)
        known = {f"HEADGATE_{name.upper()}" for name in json.loads(headgate("config", "--json", DATABASE_URL="sqlite:///x").stdout)}
        named = set(re.findall(r"HEADGATE_[A-Z_]+", text))
        self.assertFalse({name.removesuffix("_FILE") for name in named} - known)


@unittest.skipUnless("HEADGATE_TEST_POSTGRES_URL" in os.environ, "needs HEADGATE_TEST_POSTGRES_URL")
class Roles(unittest.TestCase):
    """job.yaml's two commands as roles.sql's two roles, on a real server."""

    def setUp(self):
        self.server = os.environ["HEADGATE_TEST_POSTGRES_URL"]
        self.mark = uuid.uuid4().hex[:12]
        self.names = {"app_owner": f"owner_{self.mark}", "app": f"app_{self.mark}"}
        self.psql("-c", f"CREATE DATABASE {self.names['app']}", database=None)
        self.addCleanup(self.drop)
        script = re.sub(r"\bapp(_owner)?\b(?!_password)", lambda found: self.names[found[0]], (EXAMPLES / "roles.sql").read_text())
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            self.psql("-v", "owner_password=one", "-v", "app_password=two", "-f", file.name)

    def drop(self):
        self.psql("-c", f"DROP DATABASE {self.names['app']} WITH (FORCE)", database=None)
        for role in self.names.values():
            self.psql("-c", f"DROP ROLE IF EXISTS {role}", database=None)

    def url(self, database, user=None, password=None):
        host = re.sub(r"^\w+://([^@/]*@)?", "", self.server).split("?")[0].split("/")[0]
        found = re.match(r"^(\w+://)([^@/]*@)?[^/?]*(/[^?]*)?(\?.*)?$", self.server)
        login = f"{user}:{password}@" if user else found[2] or ""
        return f"{found[1]}{login}{host}/{database}{found[4] or ''}" if database else self.server

    def psql(self, *arguments, database="", user=None, password=None, check=True):
        database = self.names["app"] if database == "" else database
        command = ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", *arguments, self.url(database, user, password)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if check:
            self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended

    def as_app(self, statement):
        return self.psql("-c", statement, user=self.names["app"], password="two", check=False)

    def run_container(self, kind, **more):
        container = find("job.yaml", kind)[0]["spec"]["template"]["spec"]["containers"][0]
        given = environment_of(container)
        owner = "HEADGATE_DATABASE_URL" in given
        role = "app_owner" if owner else "app"
        given["HEADGATE_DATABASE_URL" if owner else "DATABASE_URL"] = self.url(
            self.names["app"], self.names[role], "one" if owner else "two")
        given["HEADGATE_MIGRATIONS"] = str(PROJECT / "migrations")
        if owner:
            given["HEADGATE_READER_ROLES"] = self.names["app"]
        server = ["/bin/true"] if container["command"][-1] == "--" else []
        return headgate(*container["command"][1:], *server, **given | more)

    def test_the_owner_migrates_and_the_application_waits_for_it(self):
        early = self.run_container("Deployment", HEADGATE_GATE_TIMEOUT="1s")
        self.assertEqual(early.returncode, 75, early.stderr)
        migrated = self.run_container("Job")
        self.assertEqual(migrated.returncode, 0, migrated.stderr)
        waited = self.run_container("Deployment")
        self.assertEqual(waited.returncode, 0, waited.stderr)

        self.assertEqual(self.as_app("SELECT count(*) >= 0 FROM users").stdout.strip(), "t")
        for statement in ("DROP TABLE users", "CREATE TABLE mine (n int)", "ALTER TABLE users ADD COLUMN n int",
                          "DELETE FROM headgate.headgate_ledger"):
            refused = self.as_app(statement)
            self.assertNotEqual(refused.returncode, 0, statement)
            self.assertRegex(refused.stderr, "permission denied|must be owner", statement)


if __name__ == "__main__":
    unittest.main(verbosity=2)
