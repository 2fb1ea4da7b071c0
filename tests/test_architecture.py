"""The house: imports point down, heavy parts stay in their rooms, rooms stay small."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "policygen"
STAGES = frozenset(
    {"load", "render", "history", "matrix", "checks", "forge", "publish", "audit", "adopt"}
)
ROOF = frozenset({"pipeline", "cli", "__main__"})
FOREIGN = {
    "ruamel": {"yamlfile"},
    "git": {"gitrepo"},
    "gitdb": {"gitrepo"},
    "jinja2": {"render"},
    "markupsafe": {"render"},
    "pypandoc": {"publish"},
    "typst": {"publish"},
    "mkdocs": {"publish"},
    "material": {"publish"},
    "markdown": {"publish"},
    "pymdownx": {"publish"},
    "pyhanko": {"crypto"},
    "pyhanko_certvalidator": {"crypto"},
    "cryptography": {"crypto"},
    "asn1crypto": {"crypto"},
    "pkcs11": {"crypto"},
    "xlsxwriter": {"audit"},
    "pydantic": {"model", "load"},
    "pydantic_core": {"model", "load"},
    "typer": {"cli"},
    "rich": {"cli"},
    "click": {"cli"},
}
"""Which rooms may use which part."""

AT_THE_DOOR = frozenset({"publish.pool", "publish.site.build"})
"""Start processes and a theme of others, whose environment they must set; nothing is read from it
into a page."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module: str) -> str:
    return module.split(".")[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, dotted; also inside functions and for types."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relative to itself"
            assert node.module is not None
            found |= {_target(node.module, alias.name) for alias in node.names}
    return frozenset(found)


def imports_for_types(path: Path) -> frozenset[str]:
    """What a file imports only while types are checked: it costs nothing and couples nothing."""
    found: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            names = [part for part in node.body if isinstance(part, ast.ImportFrom)]
            found |= {part.module for part in names if part.module is not None}
    return frozenset(found)


def _target(module: str, name: str) -> str:
    """`from policygen import words` names a module, `from x import Y` a thing in one."""
    path = PACKAGE.parent.joinpath(*module.split("."), name)
    is_module = path.with_suffix(".py").is_file() or path.is_dir()
    return f"{module}.{name}" if module.split(".")[0] == "policygen" and is_module else module


def ours(path: Path) -> frozenset[str]:
    """Modules of ours that a file imports, without the package's name."""
    return frozenset(
        name.removeprefix("policygen.") for name in imports(path) if name.startswith("policygen.")
    )


def pytest_id(path: Path) -> str:
    return name_of(path) or "policygen"


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    here = room(name_of(path))
    if here in ROOF:
        return
    for target in ours(path):
        there = room(target)
        assert there not in ROOF, f"{here} imports {there}, which is the roof"
        if here in STAGES:
            assert there == here or there not in STAGES, f"stage {here} imports stage {there}"
        else:
            assert there not in STAGES, f"{here} is ground and imports stage {there}"


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_only_the_pipeline_knows_several_stages(path: Path) -> None:
    here = room(name_of(path))
    stages = {room(target) for target in ours(path)} & STAGES
    assert here == "pipeline" or len(stages) <= 1, f"{here} imports {sorted(stages)}"


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_parts_made_by_others_stay_in_their_rooms(path: Path) -> None:
    here = room(name_of(path))
    for target in imports(path) - imports_for_types(path):
        allowed = FOREIGN.get(target.split(".")[0])
        assert allowed is None or here in allowed, f"{here} imports {target}"


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_rooms_have_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_rooms_open_with_a_caption_and_packages_hold_nothing_else(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "a first docstring line is the caption of a module"
    if path.name == "__init__.py":
        assert len(tree(path).body) == 1


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_only_the_command_line_prints(path: Path) -> None:
    if room(name_of(path)) == "cli":
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input"), f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr"):
            raise AssertionError(f"line {node.lineno} writes to the terminal")


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_clock_environment_and_chance_are_read_only_at_the_doors(path: Path) -> None:
    if room(name_of(path)) in ("cli", "gitrepo") or name_of(path) in AT_THE_DOOR:
        return
    refused = (
        "datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today",
        "os.environ", "os.getenv", "os.getcwd", "Path.cwd", "random.random", "uuid.uuid4",
    )  # fmt: skip
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in refused, f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", MODULES, ids=pytest_id)
def test_every_exception_is_caught_by_its_name_but_at_the_door(path: Path) -> None:
    if name_of(path) == "cli.main":
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            reraised = any(isinstance(part, ast.Raise) and part.exc is None for part in node.body)
            assert reraised or caught not in ("everything", "Exception", "BaseException")


def test_rendering_imports_nothing_that_could_differ_between_machines() -> None:
    for path in MODULES:
        if room(name_of(path)) in ("render", "dialect", "record_text", "words"):
            outside = {target.split(".")[0] for target in imports(path)}
            assert not outside & {"os", "time", "random", "git", "subprocess", "socket", "locale"}


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {name_of(path): _at_run_time(path) for path in MODULES}
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module in done:
            return
        for target in sorted(graph.get(module, ())):
            walk(target, (*way, module))
        done.add(module)

    for module in sorted(graph):
        walk(module, ())


def _at_run_time(path: Path) -> frozenset[str]:
    """Modules of ours imported when the file is, not only for types or inside functions."""
    found: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {_target(node.module, alias.name) for alias in node.names}
    return frozenset(
        name.removeprefix("policygen.") for name in found if name.startswith("policygen.")
    )
