"""Nothing that comes in is ever run: filters, paths and tokens are read by parsers."""

import ast

import pytest

from tests.repo import tree

RUNNING = {"eval", "exec", "compile", "__import__", "execfile"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
SHIPPED = ("fake_apps", "harness")
FILES = [path for path in tree.files(".py") if path.relative_to(tree.ROOT).parts[0] in SHIPPED]


def runs(source: str) -> list[str]:
    """What in the source runs text, or loads what can."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in RUNNING else []
        elif isinstance(node, ast.Import):
            found += [each.name for each in node.names if each.name.partition(".")[0] in UNSAFE]
        elif isinstance(node, ast.ImportFrom) and (node.module or "") in UNSAFE:
            found.append(str(node.module))
    return found


def test_no_text_is_run():
    running = {tree.ids(path): runs(path.read_text("utf-8")) for path in FILES}

    assert len(running) > 100
    assert {name: found for name, found in running.items() if found} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = eval('1')", ["eval"]),
        ("exec(text)", ["exec"]),
        ("import pickle", ["pickle"]),
        ("from marshal import loads", ["marshal"]),
        ("re.compile('x')", []),
    ],
)
def test_what_runs_a_text_is_noticed(source, found):
    assert runs(source) == found
