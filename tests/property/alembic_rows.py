# SPDX-License-Identifier: Apache-2.0
"""Runs the real Alembic over graphs that it is given on stdin, and says which rows alembic_version has after each step.

In:   graph | rev ID PARENTS DEPENDS_ON ("-" for none, else a,b) | op upgrade TARGET | op downgrade TARGET
Out:  graph | up ID ROWS | down ID ROWS | refused WORDS
"""
import pathlib
import sys
import tempfile
import warnings

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, text

FILE = """revision = {revision!r}
down_revision = {parents!r}
branch_labels = None
depends_on = {depends_on!r}
def upgrade(): pass
def downgrade(): pass
"""


def split(field):
    return None if field == "-" else tuple(field.split(","))


def say_step(ctx, step, heads, run_args):
    rows = sorted(row[0] for row in ctx.connection.execute(text("SELECT version_num FROM alembic_version")))
    print("up" if step.is_upgrade else "down", step.up_revision_id, ",".join(rows) or "-")


def run(script, connection, direction, target):
    def steps(current, context):
        plan = script._upgrade_revs if direction == "upgrade" else script._downgrade_revs
        return plan(target, current)

    context = MigrationContext.configure(connection, opts={"fn": steps, "on_version_apply": (say_step,)})
    with context.begin_transaction():
        context.run_migrations()


def run_graph(lines):
    with tempfile.TemporaryDirectory() as folder, create_engine("sqlite://").connect() as connection:
        versions = pathlib.Path(folder) / "versions"
        versions.mkdir()
        for line in lines:
            if line[0] == "rev":
                revision, parents, depends_on = line[1:]
                (versions / f"{revision}.py").write_text(
                    FILE.format(revision=revision, parents=split(parents), depends_on=split(depends_on)))
        script = ScriptDirectory(folder)
        for line in lines:
            if line[0] == "op":
                try:
                    run(script, connection, line[1], line[2])
                except CommandError as failure:  # nothing was begun
                    print("refused", str(failure).split("\n")[0])


def main():
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    graphs = []
    for line in sys.stdin:
        words = line.split()
        if words[0] == "graph":
            graphs.append([])
        else:
            graphs[-1].append(words)
    for graph in graphs:
        print("graph")
        run_graph(graph)


main()
