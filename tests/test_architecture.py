"""The house: imports point down, heavy parts stay in their rooms, rooms stay small."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "policygen"
STAGES = frozenset(
    {"load", "render", "history", "matrix", "checks", "forge", "publish", "audit", "adopt"}
)
ROOF = frozenset({"pipeline", "cli", "__main__"})
FOREIGN = {
    "ruamel": {"yaml"},
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

IN_ORDER = {
    "load": ("profile", "parameters", "registries"),
    "render": ("language", "bound"),
    "history": ("records", "trust", "consents", "register", "reviews", "approving"),
    "checks": ("typed", "sentences", "pages", "decisions"),
    "audit": ("lists", "description", "duties", "interchange", "package", "verification"),
}
"""The rooms of a stage: each may import those before it, none after."""

AT_THE_DOOR = frozenset({"publish.worker", "publish.site.build"})
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
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, dotted; also inside functions and for types."""
    found: set[str] = set()
    for node in nodes(path):
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


Faults = Callable[[Path], Iterator[str]]


def told(rule: Faults) -> list[str]:
    """What is wrong with any module by one rule, each with the module's name."""
    return [f"{name_of(path)}: {fault}" for path in MODULES for fault in rule(path)]


def _imports_upwards(path: Path) -> Iterator[str]:
    here = room(name_of(path))
    if here in ROOF:
        return
    for target in ours(path):
        there = room(target)
        if there in ROOF:
            yield f"imports {there}, which is the roof"
        elif there in STAGES and here in STAGES and there != here:
            yield f"stage {here} imports stage {there}"
        elif there in STAGES and here not in STAGES:
            yield f"{here} is ground and imports stage {there}"


def test_a_room_imports_only_what_lies_below_it() -> None:
    assert told(_imports_upwards) == []


def _imports_a_later_room(path: Path) -> Iterator[str]:
    stage, *inside = name_of(path).split(".")
    rooms = IN_ORDER.get(stage, ())
    if not inside or inside[0] not in rooms:
        return
    later = rooms[rooms.index(inside[0]) + 1 :]
    for target in ours(path):
        if target.split(".")[0] == stage and target.split(".")[1] in later:
            yield f"imports {target}, a later room"


def test_rooms_of_a_stage_stand_in_order() -> None:
    assert told(_imports_a_later_room) == []
    for stage, rooms in IN_ORDER.items():
        assert {path.parent.name for path in (PACKAGE / stage).glob("*/__init__.py")} == set(rooms)


def _several_stages(path: Path) -> Iterator[str]:
    stages = {room(target) for target in ours(path)} & STAGES
    if room(name_of(path)) != "pipeline" and len(stages) > 1:
        yield f"imports {sorted(stages)}"


def test_making_a_package_and_verifying_one_do_not_know_each_other() -> None:
    making = {"audit.package.packing"}
    verifying = {
        "audit.verification.opening",
        "audit.verification.integrity",
        "audit.verification.agreement",
    }
    for path in MODULES:
        other = verifying if name_of(path) in making else making
        if name_of(path) in making | verifying:
            assert not ours(path) & other


def test_only_the_pipeline_knows_several_stages() -> None:
    assert told(_several_stages) == []


def _foreign_parts(path: Path) -> Iterator[str]:
    for target in imports(path) - imports_for_types(path):
        allowed = FOREIGN.get(target.split(".")[0])
        if allowed is not None and room(name_of(path)) not in allowed:
            yield f"imports {target}"


def test_parts_made_by_others_stay_in_their_rooms() -> None:
    assert told(_foreign_parts) == []


def _too_long(path: Path) -> Iterator[str]:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > 300:
        yield f"{lines} lines"


def test_rooms_have_at_most_300_lines() -> None:
    assert told(_too_long) == []


def _without_caption(path: Path) -> Iterator[str]:
    if not ast.get_docstring(tree(path)):
        yield "a first docstring line is the caption of a module"
    if path.name == "__init__.py" and len(tree(path).body) != 1:
        yield "a package holds a docstring and nothing else"


def test_rooms_open_with_a_caption_and_packages_hold_nothing_else() -> None:
    assert told(_without_caption) == []


def _printing(path: Path) -> Iterator[str]:
    if room(name_of(path)) == "cli":
        return
    for node in nodes(path):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("print", "input")
        ):
            yield f"line {node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr"):
            yield f"line {node.lineno} writes to the terminal"


def test_only_the_command_line_prints() -> None:
    assert told(_printing) == []


def _chance(path: Path) -> Iterator[str]:
    if room(name_of(path)) in ("cli", "gitrepo") or name_of(path) in AT_THE_DOOR:
        return
    refused = (
        "datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today",
        "os.environ", "os.getenv", "os.getcwd", "Path.cwd", "random.random", "uuid.uuid4",
    )  # fmt: skip
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in refused:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def test_clock_environment_and_chance_are_read_only_at_the_doors() -> None:
    assert told(_chance) == []


def _catching_all(path: Path) -> Iterator[str]:
    if name_of(path) == "cli.main":
        return
    for node in nodes(path):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            reraised = any(isinstance(part, ast.Raise) and part.exc is None for part in node.body)
            if caught in ("everything", "Exception", "BaseException") and not reraised:
                yield f"line {node.lineno} catches {caught}"


def test_every_exception_is_caught_by_its_name_but_at_the_door() -> None:
    assert told(_catching_all) == []


def test_rendering_imports_nothing_that_could_differ_between_machines() -> None:
    for path in MODULES:
        if room(name_of(path)) in ("render", "text", "words"):
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
