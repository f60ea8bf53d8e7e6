#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what linked.py found as CycloneDX 1.6, for scanners that know Debian's security tracker.

sbom.py PACKAGES_JSON BINARY VERSION ARCHITECTURE >headgate.cdx.json     (SOURCE_DATE_EPOCH: the time that it says)
"""
import datetime
import hashlib
import json
import os
import pathlib
import sys
import urllib.parse
import uuid


def purl(name, version, **qualifiers):
    """A package URL of Debian 13; scanners look the source package up by `upstream`."""
    quoted = [f"{key}={urllib.parse.quote(value, safe='')}" for key, value in sorted(qualifiers.items())]
    return f"pkg:deb/debian/{urllib.parse.quote(name)}@{urllib.parse.quote(version, safe='~.')}?{'&'.join(quoted)}"


def component(package):
    upstream = f"{package['source']}@{package['source_version']}"
    binary = purl(package["package"], package["version"], arch=package["architecture"], distro="debian-13", upstream=upstream)
    source = purl(package["source"], package["source_version"], arch="source", distro="debian-13")
    described = {"type": "library", "bom-ref": binary, "name": package["package"], "version": package["version"], "purl": binary}
    if "how" not in package:  # a tool
        return described | {"type": "application"}
    properties = [{"name": "headgate:how", "value": package["how"]}]
    properties += [{"name": "headgate:file", "value": name} for name in package["files"]]
    ancestor = {"type": "library", "name": package["source"], "version": package["source_version"], "purl": source}
    return described | {"pedigree": {"ancestors": [ancestor]}, "properties": properties}


def bill_of_materials(found, binary, version, architecture):
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    itself = f"headgate@{version}"
    libraries = [component(package) for package in found["packages"]]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [component(tool) for tool in found["tools"]]},
            "component": {"type": "application", "bom-ref": itself, "name": "headgate", "version": version,
                          "hashes": [{"alg": "SHA-256", "content": digest}],
                          "licenses": [{"license": {"id": "Apache-2.0"}}],
                          "properties": [{"name": "headgate:architecture", "value": architecture}]},
        },
        "components": libraries,
        "dependencies": [{"ref": itself, "dependsOn": [library["bom-ref"] for library in libraries]}],
    }


if __name__ == "__main__":
    packages, program = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
    json.dump(bill_of_materials(packages, program, sys.argv[3], sys.argv[4]), sys.stdout, indent=2)
    print()
