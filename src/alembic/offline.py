# SPDX-License-Identifier: Apache-2.0
# Runs in the Python of an Alembic project, given by headgate as `python -c`. It loads the revisions as Alembic does and
# has Alembic write their SQL, offline. Each line on the original standard output is one JSON object; whatever the
# project prints goes to standard error. Connections are refused: of SQLAlchemy, of sqlite3, of PostgreSQL's drivers, of sockets.
import importlib
import io
import json
import math
import os
import re
import sys
import traceback

answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
os.dup2(2, 1)
asked = json.loads(sys.argv[1])
sys.argv = ["alembic"]


def answer(**values):
    answers.write(json.dumps(values, default=str, ensure_ascii=False) + "\n")
    answers.flush()


def give_up(fault, error):
    traceback.print_exc()
    answer(fault=fault, text=describe(error))
    sys.stderr.flush()
    os._exit(3)


def describe(error):
    text = " ".join(str(error).split())
    name = type(error).__name__
    return text if text and name in ("CommandError", "OfflineError") else f"{name}: {text}"


# Remembered, because a revision may catch it and go on with something else than on a database.
class OfflineError(Exception):
    made = []

    def __init__(self, text):
        super().__init__(text)
        self.made.append(self)


try:
    from alembic.config import CommandLine
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationStep
    from alembic.script import ScriptDirectory
    from sqlalchemy import event, inspection
    from sqlalchemy.dialects.postgresql import INTERVAL
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.exc import CompileError
    from sqlalchemy.schema import DDLElement
    from sqlalchemy.sql import text as sql_text
    from sqlalchemy.sql import visitors
    from sqlalchemy.sql.functions import FunctionElement
    from sqlalchemy.types import Float, LargeBinary, Numeric
except ImportError as error:
    give_up("no_alembic", error)


def refuse_connection(*_, **__):
    raise OfflineError("it wants a connection to a database, and an import makes none")


# The hook sees every socket of Python. What opens its own in C is refused by name, at the way that its others take too.
event.listen(Engine, "do_connect", refuse_connection)
sys.addaudithook(lambda name, _: refuse_connection() if name in ("sqlite3.connect", "socket.connect") else None)
for place in (
    "psycopg2",
    "psycopg",
    "psycopg.Connection",
    "psycopg.AsyncConnection",
    "asyncpg",
    "asyncpg.connection",
    "asyncpg.connect_utils",
):
    driver, _, inside = place.partition(".")
    try:
        module = importlib.import_module(driver)
    except ImportError:
        continue
    owner = getattr(module, inside, None) if inside else module
    for way in ("connect", "_connect"):
        if hasattr(owner, way):
            setattr(owner, way, refuse_connection)


class ReadConfig(CommandLine):
    """Alembic's own command line up to the point where it would run a command."""

    def run_cmd(self, config, options):
        self.config = config


def read_config():
    line = ReadConfig(prog="alembic")
    line.main(asked["alembic_arguments"] + ["heads"])
    if asked.get("url"):
        line.config.set_main_option("sqlalchemy.url", asked["url"].replace("%", "%%"))
    return line.config


def strings(module, name):
    value = getattr(module, name, None)
    values = [] if value is None else [value] if isinstance(value, (str, int)) else list(value)
    for one in values:
        if not isinstance(one, str):
            raise OfflineError(f"{os.path.relpath(module.__file__)}: {name} holds {one!r}, which is no text")
    return values


def create_date(script):
    found = re.search(r"^Create Date:[ \t]*(\S.*?)[ \t]*$", script.module.__doc__ or "", re.M | re.I)
    return found.group(1) if found else ""


# Alembic takes a branch label or the beginning of an id here too; headgate is given the id.
def dependency(directory, name, known):
    if name in known:
        return name
    try:
        return directory.get_revision(name).revision
    except BaseException:
        return name


def list_revisions(directory):
    scripts = list(directory._load_revisions())
    known = {script.revision for script in scripts}
    for script in scripts:
        module = script.module
        answer(
            revision=script.revision,
            path=os.path.relpath(script.path),
            down_revisions=strings(module, "down_revision"),
            depends_on=[dependency(directory, name, known) for name in strings(module, "depends_on")],
            branch_labels=strings(module, "branch_labels"),
            message=" ".join(script.doc.split()),
            create_date=create_date(script),
        )
    answer(end="list")


class Unusable:
    """The result of a statement that nobody has run: whoever looks at it depends on what is in the database."""

    def refuse(self, *_):
        raise OfflineError("it reads the result of a statement, which only a database could give")

    __getattr__ = __iter__ = __bool__ = __len__ = __getitem__ = __next__ = __eq__ = __enter__ = refuse
    __hash__ = None


def with_values(construct, values):
    if isinstance(construct, str):
        raise OfflineError("it executes a string; sqlalchemy.text() is missing around it")
    if not values:
        return [construct]
    if hasattr(construct, "bindparams"):
        rows = values if isinstance(values, (list, tuple)) else [values]
        return [construct.bindparams(**row) for row in rows]
    if hasattr(construct, "values"):
        return [construct.values(values)]
    raise OfflineError("it gives parameters to a statement, and they cannot be written into it")


def check_values(construct):
    for part in visitors.iterate(construct):
        if part.__visit_name__ == "bindparam" and part.required and part.value is None and part.callable is None:
            raise OfflineError(f"the parameter :{part.key} has no value")


def refuse_inspection(*_):
    raise OfflineError("it inspects the database, and an import has none")


# What only a real connection has. Alembic itself looks for in_transaction, and goes on without.
def refuse_attribute(_, name):
    if name != "in_transaction" and hasattr(Connection, name):
        raise OfflineError(f"it uses the connection's {name}; an ORM session cannot be imported either")
    raise AttributeError(name)


class Walk:
    """One direction of one revision, through the project's env.py."""

    def __init__(self, config, directory, script=None, is_upgrade=True):
        self.config = config
        self.directory = directory
        self.script = script
        self.is_upgrade = is_upgrade
        self.text = io.StringIO()
        self.pieces = []
        self.notes = set()
        self.autocommit = False
        self.error = None
        self.environment = None

    def run(self):
        EnvironmentContext.configure = self.configure
        with EnvironmentContext(
            self.config, self.directory, fn=self.steps, as_sql=True, starting_rev=self.start(), destination_rev=None
        ) as self.environment:
            self.directory.run_env()

    # The URL is env.py's own affair, and none that could reach a database is wanted here.
    def configure(self, connection=None, url=None, dialect_name=None, dialect_opts=None, **options):
        options.update(literal_binds=True, output_buffer=self.text)
        dialect_opts = {**(dialect_opts or {}), "paramstyle": "named"}
        own_configure(self.environment, url=asked["dialect"] + "://", dialect_opts=dialect_opts, **options)
        # Else PostgreSQL's has them doubled: only a connection tells it of standard_conforming_strings.
        self.environment.get_context().dialect._backslash_escapes = False

    def start(self):
        if self.script is None:
            return next(iter(self.directory.get_bases()), None)
        return list(self.script._all_down_revisions) if self.is_upgrade else [self.script.revision]

    def steps(self, _, context):
        if self.script is None:
            self.pieces.append("")
            return []
        make = MigrationStep.upgrade_from_script if self.is_upgrade else MigrationStep.downgrade_from_script
        step = make(self.directory.revision_map, self.script)
        migrate = step.migration_fn

        def upgrade_or_downgrade(**arguments):
            self.take(context, migrate, arguments)

        step.migration_fn = upgrade_or_downgrade
        return [step]

    # What Alembic writes around this (version table, transaction) is headgate's to write.
    def take(self, context, migrate, arguments):
        start = self.text.tell()
        OfflineError.made.clear()
        try:
            self.watch(context)
            migrate(**arguments)
        except BaseException as error:
            self.error = error
            raise
        finally:
            self.error = next(iter(OfflineError.made), self.error)
            self.pieces.append(self.text.getvalue()[start:])

    def watch(self, context):
        autocommit_block = context.autocommit_block

        def noted_block():
            self.autocommit = True
            return autocommit_block()

        context.autocommit_block = noted_block
        self.watch_questions(context)
        self.watch_bind(context.connection)
        write_as_it_is(context.impl, self.notes)

    # Whoever asks may do something else on a database. Alembic itself asks too, but not the first of the two.
    def watch_questions(self, context):
        def is_offline_mode():
            OfflineError("it asks whether it runs offline, and may do something else on a database")
            return True

        def as_sql(_):
            caller = sys._getframe(1).f_globals.get("__name__", "")
            return caller.startswith("alembic.") or is_offline_mode()

        self.environment.is_offline_mode = is_offline_mode
        context.__class__ = type("WatchedContext", (type(context),), {"as_sql": property(as_sql)})

    def watch_bind(self, bind):
        def execute(construct, parameters=None, *_, **__):
            for one in with_values(construct, parameters):
                send(one)
            return Unusable()

        def visit(visitor, element, **options):
            if options.get("checkfirst"):
                self.notes.add("checkfirst: whether it is there already is not looked up in SQL")
            return show(visitor, element, **options)

        type(bind).__getattr__ = refuse_attribute
        inspection._registrars[type(bind)] = refuse_inspection
        send, show = bind.execute, bind._run_ddl_visitor
        bind.execute, bind._run_ddl_visitor = execute, visit


def compile_literally(construct, dialect):
    if isinstance(construct, DDLElement):
        return construct.compile(dialect=dialect)
    if isinstance(construct, FunctionElement):
        construct = construct.select()
    check_values(construct)
    try:
        compiled = construct.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    except CompileError as error:
        hint = "; give the column or bindparam a type" if "datatype NULL" in str(error) else ""
        raise OfflineError(describe(error) + hint) from error
    check_defaults(compiled)
    return compiled


# Alembic on a connection calls them for each row; here they would be NULL.
def check_defaults(compiled):
    for column in [*compiled.insert_prefetch, *compiled.update_prefetch]:
        raise OfflineError(f"Python gives {column} a value, by default or onupdate: write it into the statement")


def note_settings(text, notes):
    for found in re.finditer(r"(?:^|;)(?:\s|--.*\n)*(SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)\w+)", text, re.I):
        notes.add(f"{found.group(1)}: with Alembic for the rest of its run, with headgate for this step alone")


# Alembic's own writes four spaces for a tab, inside strings too, and NULL for a parameter without a value.
def write_as_it_is(impl, notes):
    def execute(construct, execution_options=None, multiparams=None, params=None):
        if multiparams is not None or params:
            raise OfflineError("it gives parameters to a statement, and they cannot be written into it")
        if isinstance(construct, str):
            construct = sql_text(construct)
        text = str(compile_literally(construct, impl.dialect)).strip()
        note_settings(text, notes)
        # Not into a comment that it ends in.
        impl.static_output(text + ("\n" if "--" in text.split("\n")[-1] else "") + impl.command_terminator)

    impl._exec = execute


def write_bytes(value, dialect):
    digits = value.hex()
    return f"'\\x{digits}'::bytea" if dialect.name == "postgresql" else f"X'{digits}'"


def write_number(value, _):
    if not math.isfinite(value):
        raise OfflineError(f"the value {value} has no literal in SQL")
    return str(value)


# As drivers give them to PostgreSQL; SQLAlchemy makes seconds of the days.
def write_interval(value, _):
    return f"'{value.days} days {value.seconds}.{value.microseconds:06} seconds'::interval"


# Where SQLAlchemy's own literal is not the value that a driver would store.
writers = {LargeBinary: write_bytes, Float: write_number, Numeric: write_number, INTERVAL: write_interval}
for kind, writer in writers.items():
    kind.literal_processor = lambda _, dialect, write=writer: lambda value: write(value, dialect)


own_configure = EnvironmentContext.configure


# What env.py sends by itself, in every run: no revision has it.
def try_env(config, directory):
    walk = Walk(config, directory)
    try:
        walk.run()
    except BaseException as error:
        give_up("env", error)
    if len(walk.pieces) != 1:
        give_up("env", OfflineError(f"it ran the migrations {len(walk.pieces)} times"))
    answer(sent=re.sub(r"(?m)^(BEGIN|COMMIT);$", "", walk.text.getvalue()).strip())


def render(config, directory, script, is_upgrade):
    walk = Walk(config, directory, script, is_upgrade)
    try:
        walk.run()
    except BaseException as error:
        if not walk.pieces or walk.error is not None:
            return walk, walk.error or error
    if len(walk.pieces) != 1:
        return walk, OfflineError(f"env.py ran it {len(walk.pieces)} times")
    return walk, walk.error


# Twice: what comes out otherwise the second time (dates, random ids) is not what another database would get.
def render_twice(config, directory, script, is_upgrade):
    walk, error = render(config, directory, script, is_upgrade)
    values = {"sql": "".join(walk.pieces), "autocommit": walk.autocommit}
    if error is not None:
        traceback.print_exception(type(error), error, error.__traceback__)
        refused = isinstance(error, NotImplementedError) and ours(error, script)
        return {**values, "error": describe(error), "refused": refused}
    again, _ = render(config, directory, script, is_upgrade)
    if again.pieces != walk.pieces:
        walk.notes.add("not twice the same: it holds a date or a random value of the time of the import")
    return {**values, "notes": sorted(walk.notes)}


# Raised in the revision itself, by its author; not by Alembic, for what it cannot do.
def ours(error, script):
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and os.path.realpath(frames[-1].filename) == os.path.realpath(script.path)


# Python's strings hold half characters too (of a file read with errors="surrogateescape", say), no SQL file does.
def check_characters(values):
    try:
        values["sql"].encode()
    except UnicodeEncodeError as error:
        return {**values, "error": f"its SQL is no UTF-8: {error}"}
    return values


def render_all(config, directory):
    try_env(config, directory)
    for identifier, direction in asked["wanted"]:
        script = directory.get_revision(identifier)
        values = render_twice(config, directory, script, direction == "upgrade")
        answer(revision=identifier, direction=direction, **check_characters(values))


def main():
    fault = "config"
    try:
        config = read_config()
        directory = ScriptDirectory.from_config(config)
        fault = "revisions"
        if asked["job"] == "list":
            list_revisions(directory)
        else:
            render_all(config, directory)
    except BaseException as error:
        give_up(fault, error)


main()
