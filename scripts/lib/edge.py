# SPDX-License-Identifier: GPL-2.0
"""edge.py - the bugs of tests/edge, and the last result of each, for scripts/mutants-edge."""
import csv
import datetime
import hashlib
import pathlib
import tomllib

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LISTS = TOP / "tests/edge"
RESULTS = TOP / "tests/results/edge.tsv"
TABLE = {"delimiter": "\t", "lineterminator": "\n", "quoting": csv.QUOTE_NONE, "escapechar": "\\"}
FIELDS = {"file", "old", "new", "test", "why", "survives"}
# Tests that are neither a case nor a wire file.
OTHERS = "wire", "wire-by-device", "wire-by-kfunc", "wire-by-redirect", "rules", "host"


def load():
    """{name: bug} of all lists, and the faults of the lists."""
    bugs, faults = {}, []
    readme = (LISTS / "README.md").read_text(encoding="utf-8")
    for path in sorted(LISTS.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        common = {key: value for key, value in table.items() if not isinstance(value, dict)}
        for name, own in table.items():
            if not isinstance(own, dict):
                continue
            bug = {**common, **own, "list": path.stem}
            row = f"\n| {name} | {bug['survives']} |\n" if "survives" in bug else ""
            if fault := wrong(bug):
                faults.append(f"{name}: {path.name}: {fault}")
            elif row not in readme or (f"\n| {name} |" in readme and not row):
                faults.append(f"{name}: README.md has another row than the list: {row.strip()}")
            elif name in bugs:
                faults.append(f"{name}: {path.name}: the name is in two lists")
            else:
                bugs[name] = bug
    return bugs, faults


def wrong(bug):
    """The reason if the bug cannot be injected, else None."""
    if missing := FIELDS - {"survives"} - bug.keys():
        return f"it lacks {', '.join(sorted(missing))}"
    file = TOP / bug["file"]
    if not file.is_file():
        return f"there is no {bug['file']}; write the entry again for the current code"
    times = file.read_text(encoding="utf-8").count(bug["old"])
    if times != 1:
        return f"{bug['file']} has its text {times} times; write the entry again"
    cases = TOP / f"tests/cases/{bug['test']}.sh", TOP / f"tests/wire/{bug['test']}.seg"
    if bug["test"] not in OTHERS and not any(map(pathlib.Path.is_file, cases)):
        return f"there is no test {bug['test']}"
    return ""


def digest(bug):
    """Changes with what a result depends on in the list."""
    parts = [bug[key] for key in ("file", "old", "new", "test")]
    if "survives" in bug:
        parts.append("survives")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def kept_rows():
    """{name: row} of RESULTS."""
    if not RESULTS.is_file():
        return {}
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return {row["bug"]: row for row in csv.DictReader(file, **TABLE)}


def kept_results(bugs):
    """{name: [ok|FAIL, what]} of those bugs that have not changed since."""
    return {name: [row["verdict"], row["what"]] for name, row in kept_rows().items()
            if name in bugs and row["digest"] == digest(bugs[name])}


def keep(name, result, bugs):
    """Writes the result of a bug to RESULTS, and removes those of bugs that are gone."""
    rows = {known: row for known, row in kept_rows().items() if known in bugs}
    rows[name] = {"bug": name, "digest": digest(bugs[name]),
                  "date": datetime.date.today().isoformat(),
                  "verdict": result[0], "what": result[1]}
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[name]), **TABLE)
        table.writeheader()
        table.writerows(rows[known] for known in sorted(rows))
