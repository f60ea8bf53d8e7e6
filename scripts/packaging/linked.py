#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is inside the static binary, as the build itself tells it: the linker's map names every archive and object that
gave something to the binary, ninja's record of dependencies every header that was read, dpkg the package of each.

linked.py BUILD_FOLDER >packages.json
"""
import json
import pathlib
import re
import subprocess
import sys

MAPPED = re.compile(r" (?:\S*\btrimmed)?(/\S+\.(?:a|o))(?:\([^)]*\))?:\(")  # cmake/StaticThirdParty.cmake trims some
FIELDS = {"package": "Package", "version": "Version", "architecture": "Architecture", "source": "source:Package",
          "source_version": "source:Version"}
TOOLS = ["g++", "lld", "cmake", "ninja-build", "dpkg"]


def run(*command, check=True):
    return subprocess.run(command, check=check, stdout=subprocess.PIPE, text=True).stdout


def linked_files(build):
    """Archives and objects of the distribution with at least one section in the binary."""
    found = set(MAPPED.findall((build / "headgate.map").read_text()))
    return {str(pathlib.Path(path).resolve()) for path in found if not pathlib.Path(path).is_relative_to(build)}


def read_headers(build):
    lines = run("ninja", "-C", str(build), "-t", "deps").splitlines()
    return {str(pathlib.Path(line.strip()).resolve()) for line in lines if line.startswith("    /usr/")}


def owners(files):
    """Package (as dpkg names it) -> its files among these; a file that belongs to no package is an error."""
    found, seen = {}, set()
    for line in run("dpkg-query", "--search", *sorted(files), check=False).splitlines():
        names, path = line.split(": ", 1)
        found.setdefault(names.split(", ")[0], set()).add(path)
        seen.add(path)
    if files - seen:
        sys.exit(f"linked.py: of no package: {sorted(files - seen)}")
    return found


def describe(package):
    shown = "\t".join("${" + field + "}" for field in FIELDS.values())
    return dict(zip(FIELDS, run("dpkg-query", "--show", "--showformat", shown, package).split("\t")))


def linked_packages(build):
    archives, headers = owners(linked_files(build)), owners(read_headers(build))
    packages = []
    for name in sorted(archives.keys() | headers.keys()):
        files = sorted(pathlib.Path(path).name for path in archives.get(name, ()))
        packages.append(describe(name) | {"how": "linked" if files else "headers", "files": files})
    return packages


def real_tool(name):
    """g++ is a name for g++-14: the package that says which is behind it."""
    behind = re.findall(re.escape(name) + r"-\d+", run("dpkg-query", "--show", "--showformat", "${Depends}", name))
    return describe(behind[0] if behind else name)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]).resolve()
    json.dump({"packages": linked_packages(folder), "tools": [real_tool(name) for name in TOOLS]}, sys.stdout, indent=1)
