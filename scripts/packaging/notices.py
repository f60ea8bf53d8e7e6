#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the notices that the licences of what is inside ask for: Debian's copyright file of every package that
linked.py found, and every licence text that one of them refers to.

notices.py PACKAGES_JSON >THIRD-PARTY-NOTICES
"""
import json
import pathlib
import re
import sys

COMMON = pathlib.Path("/usr/share/common-licenses")
RULE = "=" * 100 + "\n"
OPENING = """\
headgate is under the Apache License 2.0. The binary also holds parts of the packages below, taken unchanged from Debian.

The GNU C Library (package libc6-dev, source package glibc) is linked statically; it and its use are covered by the GNU
Lesser General Public License 2.1, whose text is below. You may change it and link headgate again: headgate's whole source
is public and `./dev build` makes the binary from it with whatever libc.a is installed. The source of this very glibc is
Debian's source package of the version named below; who passes the binary on must offer it too (docs/releases.md).

"""


def paragraph(text, licence):
    """The stand-alone licence paragraph of a machine-readable copyright file."""
    return next(part for part in re.split(r"\n\s*\n", text) if part.startswith(f"License: {licence}\n"))


def notice_of(package):
    text = (pathlib.Path("/usr/share/doc") / package["package"] / "copyright").read_text(errors="replace")
    if package["source"].startswith("boost"):  # two megabytes of names; this licence asks for none of them in object code
        return paragraph(text, "BSL-1.0") + "\n"
    return text


def common_licences(texts):
    names = {name for text in texts for name in re.findall(r"/usr/share/common-licenses/([A-Za-z]+(?:-\d(?:\.\d)?)?)", text)}
    return {name: (COMMON / name).read_text() for name in sorted(names) if (COMMON / name).is_file()}


if __name__ == "__main__":
    by_notice = {}
    for found in json.loads(pathlib.Path(sys.argv[1]).read_text())["packages"]:
        by_notice.setdefault(notice_of(found), []).append(found)
    print(OPENING)
    for notice, packages in by_notice.items():
        lines = [f"{found['package']} {found['version']} (source {found['source']} {found['source_version']})" for found in packages]
        print(RULE + "\n".join(lines) + "\n" + RULE + "\n" + notice)
    for name, licence in common_licences(by_notice).items():
        print(RULE + f"{COMMON / name}\n" + RULE + "\n" + licence)
