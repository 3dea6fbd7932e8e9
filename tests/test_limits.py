"""The sizes that keep code readable: of files, functions, views and lists of parameters."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FUNCTION_LINES, VIEW_LINES, PARAMETERS = 30, 20, 5  # a docstring does not count
FILE_LINES = {"district": 400, "spaces": 400, "tests": 600}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    paths = [path for folder in FILE_LINES for path in (ROOT / folder).rglob("*.py")]
    return [path for path in paths if "migrations" not in path.parts]


def functions(source: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            yield node


def lines_of(function: Function) -> int:
    """From `def` to its last line, without the docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def decorators(function: Function) -> str:
    return " ".join(map(ast.unparse, function.decorator_list))


def parameters_of(function: Function) -> list[str]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [item.arg for item in named if item.arg not in {"self", "cls"}]


def is_of_pytest(function: Function) -> bool:
    """Its parameters are what it asks for, not what a caller has to bring."""
    return function.name.startswith("test_") or "fixture" in decorators(function)


def too_large(source: str) -> list[str]:
    """What goes beyond the limits in a file, by the name of the function."""
    found = []
    for function in functions(source):
        lines, parameters = lines_of(function), parameters_of(function)
        most = VIEW_LINES if "require_" in decorators(function) else FUNCTION_LINES
        if lines > most:
            found.append(f"{function.name}: {lines} lines, {most} at most")
        if len(parameters) > PARAMETERS and not is_of_pytest(function):
            found.append(f"{function.name}: {len(parameters)} parameters, {PARAMETERS} at most")
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_too_large(path):
    source = path.read_text()

    assert too_large(source) == []
    assert len(source.splitlines()) <= FILE_LINES[path.relative_to(ROOT).parts[0]]


def body(lines: int) -> str:
    return "\n".join(f"    x{number} = {number}" for number in range(lines))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"def short():\n{body(29)}", []),
        (f"def long():\n{body(30)}", ["long: 31 lines, 30 at most"]),
        (f'def told():\n    """Why.\n\n    More.\n    """\n{body(29)}', []),
        (f"@require_GET\ndef view():\n{body(20)}", ["view: 21 lines, 20 at most"]),
        (f"class A:\n    def five(self, a, b, /, c, *, d, e):\n    {body(1)}", []),
        ("def six(a, b, c, *, d, e, f): ...", ["six: 6 parameters, 5 at most"]),
        ("def test_six(a, b, c, d, e, f): ...", []),
    ],
)
def test_the_limits_are_those_of_the_house(source, found):
    assert too_large(source) == found
