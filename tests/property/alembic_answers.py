# SPDX-License-Identifier: Apache-2.0
# What the real Alembic says to questions about many histories, in one process: the file named first holds a JSON list
# of {"folder", "questions"}; the answers go, in the same shape, to the file named second.
import json
import sys
import warnings

from alembic.runtime.migration import HeadMaintainer
from alembic.script import ScriptDirectory

warnings.simplefilter("ignore")


class Table(HeadMaintainer):
    """Alembic's upkeep of its version table, with a set in place of the table."""

    def __init__(self, rows):
        super().__init__(None, rows)

    def _insert_version(self, version):
        self.heads.add(version)

    def _delete_version(self, version):
        self.heads.remove(version)

    def _update_version(self, from_, to_):
        self.heads.remove(from_)
        self.heads.add(to_)


def rows_after(steps, rows):
    table = Table(rows)
    for step in steps:
        table.update_to_step(step)
    return sorted(table.heads)


def moved(steps, rows):
    return {"revisions": [step.revision.revision for step in steps], "rows": rows_after(steps, rows)}


def is_on_label(script, revision):
    return sorted(str(label) for label in revision.branch_labels)


def answer(script, question):
    ask = question["ask"]
    if ask == "shape":
        every = list(script.walk_revisions())
        return {
            "heads": sorted(script.get_heads()),
            "effective_heads": sorted(script.revision_map._real_heads),
            "bases": sorted(script.get_bases()),
            "branch_points": sorted(r.revision for r in every if r.is_branch_point),
            "merge_points": sorted(r.revision for r in every if r.is_merge_point),
            "labels": {r.revision: is_on_label(script, r) for r in every},
        }
    if ask == "named":
        return {"revisions": sorted(r.revision for r in script.get_revisions(question["target"]) if r is not None)}
    if ask == "upgrade":
        rows = tuple(question["rows"])
        return moved(script._upgrade_revs(question["target"], rows), rows)
    if ask == "downgrade":
        rows = tuple(question["rows"])
        return moved(script._downgrade_revs(question["target"], rows), rows)
    if ask == "stamp":
        rows = tuple(question["rows"])
        return {"rows": rows_after(script._stamp_revs(tuple(question["targets"]), rows), rows)}
    if ask == "history":
        base, head = question["target"].split(":")
        return {"revisions": [r.revision for r in script.walk_revisions(base=base or "base", head=head or "heads")]}
    raise ValueError(ask)


def answer_or_error(script, question):
    try:
        return answer(script, question)
    except Exception as error:  # some of its refusals are assertions
        return {"error": "%s: %s" % (type(error).__name__, error)}


def main(questions_file, answers_file):
    with open(questions_file, encoding="utf-8") as file:
        histories = json.load(file)
    answers = []
    for history in histories:
        script = ScriptDirectory(history["folder"])
        answers.append([answer_or_error(script, question) for question in history["questions"]])
    with open(answers_file, "w", encoding="utf-8") as file:
        json.dump(answers, file)


main(*sys.argv[1:])
