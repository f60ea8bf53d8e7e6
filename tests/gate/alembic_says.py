# SPDX-License-Identifier: Apache-2.0
# Runs the command lines of a JSON list (standard input) with the real Alembic in one process, and prints what each
# wrote to its standard output, as a JSON list. A refusal is null.
import io
import json
import sys

printed, sys.stdout, real = io.StringIO(), None, sys.stdout
sys.stdout = printed  # before the import: Alembic remembers it as its default

from alembic.config import CommandLine  # noqa: E402


def say(arguments):
    printed.seek(0)
    printed.truncate()
    try:
        CommandLine().main(arguments)
    except (SystemExit, Exception):
        return None
    return printed.getvalue()


json.dump([say(arguments) for arguments in json.load(sys.stdin)], real)
