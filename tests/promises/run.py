#!/usr/bin/env python3
"""Checks that each promise of the documentation has a test that fails without it.

The promises stand in the TOML files beside this script; README.md says how to write one. All of their patches are built into one
copy of the library, each switched on by the environment variable MANDATUM_BREAK, so a run costs one build. Needs Rust, Git and
Python 3.11 or later.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "promises"
TREE = WORK / "tree"
SWITCH = "MANDATUM_BREAK"
# No named test takes a tenth of this. A broken promise may make one loop, which is noticed too.
TIMEOUT_SECONDS = 300

BROKEN = """
/// Returns whether the promise of this name is broken in this run.
pub(crate) fn broken(name: &str) -> bool {
    static NAME: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    NAME.get_or_init(|| std::env::var("%s").ok()).as_deref() == Some(name)
}
""" % SWITCH


class Mistake(Exception):
    """An entry that can't be used as it stands."""


@dataclasses.dataclass(frozen=True)
class Promise:
    """One entry of a TOML file; README.md explains the fields."""

    name: str
    says: str
    where: str
    file: str
    after: str
    find: str
    to: str
    tests: tuple[str, ...]
    listed_in: str

    @staticmethod
    def read(entry, listed_in):
        required, optional = {"name", "says", "file", "find", "break", "tests"}, {"where", "after"}
        name = entry.get("name", "?")
        wrong = sorted(required - entry.keys()) + sorted(f"not {key}" for key in entry.keys() - required - optional)
        if wrong or not entry["tests"]:
            raise Mistake(f"{listed_in}: {name}: expected the fields that README.md names, wrong: {wrong or 'tests'}")
        where, after, file = entry.get("where", entry["file"]), entry.get("after", ""), entry["file"]
        return Promise(
            name, entry["says"], where, file, after, entry["find"], entry["break"], tuple(entry["tests"]), listed_in
        )

    def place(self, text):
        """Where in a file's text its patch belongs, from where to where, or None where that can't be told."""
        after = text.find(self.after)
        if after < 0:
            return None
        found = [match.span() for match in code_pattern(self.find).finditer(text, after)]
        return found[0] if len(found) == 1 or found and self.after else None


TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\w+|[^\w\s]')


@functools.cache
def code_pattern(code):
    """Matches this code however it is formatted: with any space between its tokens, and a comma or none before a bracket that closes."""
    pattern, before = "", ""
    for token in TOKEN.findall(code):
        if token in ")]}":
            pattern = pattern.removesuffix(",") + r"\s*,?"
        between = r"\s+" if before[-1:].isidentifier() and (token[0] == "_" or token[0].isalnum()) else r"\s*"
        pattern += (between if before else "") + re.escape(token)
        before = token
    return re.compile(pattern)


def read_promises():
    promises = []
    for path in sorted(HERE.glob("*.toml")):
        entries = tomllib.loads(path.read_text())["promise"]
        promises += [Promise.read(entry, path.name) for entry in entries]
    names = [promise.name for promise in promises]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Mistake(f"named twice: {', '.join(twice)}")
    return promises


def fold(text):
    return " ".join(text.split())


def documentation(path):
    """The prose of a file: a Markdown file without quotation marks of blocks, of a Rust file its documentation comments."""
    lines = path.read_text().splitlines()
    if path.suffix == ".rs":
        lines = [line.strip()[3:] for line in lines if line.strip().startswith(("///", "//!"))]
    return fold("\n".join(line.removeprefix("> ") for line in lines))


def mistakes(promises):
    """What is wrong with entries, as far as it can be told without a build."""
    for promise in promises:
        where, file = ROOT / promise.where, ROOT / promise.file
        if not where.is_file() or fold(promise.says) not in documentation(where):
            yield f"{promise.name}: not said in {promise.where} any more: {fold(promise.says)}"
        if not file.is_file() or promise.place(file.read_text()) is None:
            yield f"{promise.name}: not found, or not once, in {promise.file}: {promise.find}"


SECURITY = ".github/SECURITY.md"
TEST_NAME = re.compile(r"`(\w+)::((?:\w+::)*)(\w+)`")


def missing_tests():
    """The tests that the threat model names and that do not exist."""
    suites = {}
    for suite, _, name in TEST_NAME.findall((ROOT / SECURITY).read_text()):
        if not (suite == "lib" or (ROOT / "tests" / suite).is_dir() or (ROOT / "tests" / f"{suite}.rs").is_file()):
            continue  # A path of the library, such as `Controller::revoke_key`.
        suites.setdefault(suite, set()).add(name)
    for suite, names in sorted(suites.items()):
        places = ["src/**/*.rs", "tests/unit/*.rs", "tests/work_bound/**/*.rs"] if suite == "lib" else [f"tests/{suite}.rs", f"tests/{suite}/**/*.rs"]
        text = "\n".join(path.read_text() for place in places for path in sorted(ROOT.glob(place)))
        for name in sorted(names):
            if not re.search(rf"\bfn {name}\(", text):
                yield f"{SECURITY}: no test is called {suite}::…::{name}"


def switched(original, promises):
    """The code that does as `original` unless one of these promises, which all patch it, is broken."""
    statement = original.rstrip().endswith(";")
    if statement and original.lstrip().startswith("let "):
        raise Mistake(f"{promises[0].name}: patch the expression of this `let`, not the statement: {original}")
    arms = "".join(f'if crate::broken("{promise.name}") {{ {promise.to} }} else ' for promise in promises)
    code = f"{arms}{{ {original} }}"
    return code if statement else f"({code})"


def not_const(code):
    """Code whose last function, which a patch follows in, is not `const`: a switch can't be read in one that is."""
    before, function, after = code.rpartition("fn ")
    return before.removesuffix("const ") + function + after


def instrumented(text, promises):
    """The text of a file with the patches of these promises in it."""
    place = lambda promise: promise.place(text)
    done, parts = 0, []
    for (begin, end), of_it in itertools.groupby(sorted(promises, key=place), place):
        of_it = list(of_it)
        if begin < done:
            raise Mistake(f"{of_it[0].name}: its `find` overlaps the one of another promise")
        parts += [not_const(text[done:begin]), switched(text[begin:end], of_it)]
        done = end
    return "".join(parts) + text[done:]


def make_tree(promises):
    """Copies the project and patches the copy. Files that stay the same are not touched, so that cargo builds no more than it must."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    files = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for name in files:
        data = (ROOT / name).read_bytes()
        of_it = [promise for promise in promises if promise.file == name]
        if of_it:
            data = instrumented(data.decode(), of_it).encode()
        if name == "src/lib.rs":
            data += BROKEN.encode()
        copy = TREE / name
        if not copy.is_file() or copy.read_bytes() != data:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
    for copy in [path for path in TREE.rglob("*") if path.is_file()]:
        if str(copy.relative_to(TREE)) not in files:
            copy.unlink()


def build(suites):
    """Builds test suites of the patched copy; the path of each by its name. The library's own tests are the suite `lib`."""
    wanted = ["--lib", "--tests"] if suites is None else [
        argument for suite in sorted(suites) for argument in (["--lib"] if suite == "lib" else ["--test", suite])
    ]
    env = os.environ | {
        "CARGO_TARGET_DIR": str(WORK / "build"),
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "RUSTFLAGS": "--cap-lints=allow",  # Patches leave variables unused, and more.
    }
    command = ["cargo", "test", "--locked", "--no-run", "--message-format=json-render-diagnostics", *wanted]
    made = subprocess.run(command, cwd=TREE, env=env, stdout=subprocess.PIPE, text=True)
    if made.returncode != 0:
        raise Mistake("the patched copy does not build: see above, and the promise named in the code that is shown")
    executables = {}
    for message in map(json.loads, made.stdout.splitlines()):
        if message["reason"] == "compiler-artifact" and message["executable"]:
            target = message["target"]
            executables["lib" if "lib" in target["kind"] else target["name"]] = message["executable"]
    return executables


def run_suite(executable, tests, broken=None):
    """Runs these tests of a suite, or all: the outcome of each (`ok`, `FAILED`, `ignored`); none where the suite died."""
    env = {key: value for key, value in os.environ.items() if key != SWITCH} | {"CARGO_MANIFEST_DIR": str(TREE)}
    if broken is not None:
        env[SWITCH] = broken
    command = [executable, "--test-threads=1", *(["--exact", *tests] if tests else [])]
    try:
        run = subprocess.run(
            command, cwd=TREE, env=env, capture_output=True, text=True, errors="replace", timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return {test: "hung" for test in tests}
    if "\ntest result: " not in run.stdout:
        return {}
    return dict(re.findall(r"^test (\S+)(?: - should panic)? \.\.\. (\w+)", run.stdout, re.MULTILINE))


def by_suite(tests):
    suites = {}
    for test in tests:
        suite, _, name = test.partition("::")
        suites.setdefault(suite, []).append(name)
    return suites


def outcomes(executables, tests, broken=None):
    """The outcome of each test, by its full name."""
    found = {}
    for suite, names in by_suite(tests).items():
        of_suite = run_suite(executables[suite], names, broken)
        found |= {f"{suite}::{name}": of_suite.get(name, "no such test, or the suite died") for name in names}
    return found


def in_turn(promises, some, turn):
    """About `some` of the promises, spread over all: another set at the next turn, each promise once in a round."""
    stride = max(1, -(-len(promises) // some))
    return promises[turn % stride :: stride]


def commits():
    return int(subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout)


def run_all(promises, pool):
    """Whether each named test passes as things are, and fails when its promise is broken."""
    tests = sorted({test for promise in promises for test in promise.tests})
    executables = build(by_suite(tests).keys())
    began = time.monotonic()
    healthy = {}
    for found in pool.map(lambda test: outcomes(executables, [test]), tests):
        healthy |= found
    good = True
    for test, outcome in healthy.items():
        if outcome != "ok":
            good = False
            print(f"with nothing broken, {test}: {outcome}")
    for promise, found in zip(promises, pool.map(lambda p: outcomes(executables, p.tests, p.name), promises)):
        survived = {test: outcome for test, outcome in found.items() if outcome not in ("FAILED", "hung")}
        print(f"{'SURVIVED' if survived else 'noticed '}  {promise.name}")
        for test, outcome in survived.items():
            good = False
            print(f"          {test}: {outcome}")
    print(f"{len(promises)} promises, {len(tests)} tests, {time.monotonic() - began:.0f} s after the build")
    return good


def hunt(promises, pool):
    """Prints which tests of all notice each promise's patch."""
    executables = build(None)
    for promise in promises:
        print(promise.name)
        runs = pool.map(lambda item: (item[0], run_suite(item[1], [], promise.name)), sorted(executables.items()))
        for suite, found in runs:
            failed = [name for name, outcome in found.items() if outcome == "FAILED"]
            lines = [f"  {suite}::{name}" for name in failed] if found else [f"  {suite} died or hung"]
            print("\n".join(lines), flush=True) if lines else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these promises")
    parser.add_argument("--some", type=int, metavar="N", help="about N promises, another set for each --turn")
    parser.add_argument("--turn", type=int, metavar="K", help="which set; the number of commits if not given")
    parser.add_argument("--list", action="store_true", help="print the promises, run nothing")
    parser.add_argument("--check", action="store_true", help="check only quotations and places of patches, without a build")
    parser.add_argument("--hunt", action="store_true", help="print all tests that notice each patch, to choose from")
    arguments = parser.parse_args()

    promises = read_promises()
    chosen = promises
    if arguments.only:
        chosen = [promise for promise in promises if promise.name in arguments.only]
        unknown = set(arguments.only) - {promise.name for promise in chosen}
        if unknown:
            raise Mistake(f"no promise is called {', '.join(sorted(unknown))}")
    if arguments.some:
        chosen = in_turn(chosen, arguments.some, commits() if arguments.turn is None else arguments.turn)
    if arguments.list:
        for promise in chosen:
            print(f"{promise.name} ({promise.listed_in})\n  {promise.where}: {fold(promise.says)}\n  {', '.join(promise.tests)}")
        return True
    wrong = [*mistakes(promises), *missing_tests()]
    if wrong:
        raise Mistake("\n".join(wrong))
    make_tree(promises)
    if arguments.check:
        return True
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        if arguments.hunt:
            hunt(chosen, pool)
            return True
        return run_all(chosen, pool)


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except Mistake as mistake:
        sys.exit(f"tests/promises: {mistake}")
