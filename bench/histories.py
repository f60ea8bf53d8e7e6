# SPDX-License-Identifier: Apache-2.0
"""Histories to measure with: the same steps as headgate's revisions, as Alembic's, and as plain SQL."""

import pathlib

ENV_PY = """\
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""

REVISION_PY = """\
from alembic import op

revision = {revision!r}
down_revision = {parent!r}


def upgrade():
    op.execute({upgrade!r})


def downgrade():
    op.execute({downgrade!r})
"""

REVISION_SQL = """\
-- headgate:revision
-- revision = "{revision}"
{down_revision}-- message = "step {number}"

-- headgate:upgrade
{upgrade};

-- headgate:downgrade
{downgrade};
"""


def steps(count):
    """A new table, a new column and a new index by turns: what most steps do."""
    for number in range(count):
        table = f"t{number // 3}"
        if number % 3 == 0:
            yield f"CREATE TABLE {table} (id bigint PRIMARY KEY, name text NOT NULL)", f"DROP TABLE {table}"
        elif number % 3 == 1:
            yield f"ALTER TABLE {table} ADD COLUMN note text", f"ALTER TABLE {table} DROP COLUMN note"
        else:
            yield f"CREATE INDEX {table}_by_name ON {table} (name)", f"DROP INDEX {table}_by_name"


def revision_id(number):
    return f"{0xA00000000000 + number * 7919:012x}"


def write_headgate(folder, count):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    for number, (upgrade, downgrade) in enumerate(steps(count)):
        parent = f'-- down_revision = "{revision_id(number - 1)}"\n' if number else ""
        text = REVISION_SQL.format(
            revision=revision_id(number), down_revision=parent, number=number, upgrade=upgrade, downgrade=downgrade
        )
        (folder / f"{number:06d}_{revision_id(number)}_step.sql").write_text(text)


def write_alembic(folder, count):
    folder = pathlib.Path(folder)
    (folder / "script" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder}/script\n")
    (folder / "script" / "env.py").write_text(ENV_PY)
    for number, (upgrade, downgrade) in enumerate(steps(count)):
        text = REVISION_PY.format(
            revision=revision_id(number), parent=revision_id(number - 1) if number else None, upgrade=upgrade, downgrade=downgrade
        )
        (folder / "script" / "versions" / f"{number:06d}_step.py").write_text(text)


def write_plain(path, count):
    """One transaction a step, for psql and sqlite3."""
    text = "".join(f"BEGIN;\n{upgrade};\nCOMMIT;\n" for upgrade, _ in steps(count))
    pathlib.Path(path).write_text(text)
