"""Two keys of a lesson: what its stored outputs and what its measured values depend on.

Both are hashes of syntax trees without docstrings (comments and layout are not in them), and cover
the functions of `helpers` that the lesson reaches and the embedded files that those read. Never in
them: `helpers.checks` and `helpers.plots`, which change no value, and what helpers print or raise.
"""

import ast
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools.source import ROOT, Lesson, Place

SHOWING = ("checks", "plots")  # modules of helpers that change no value
BOUNDS = ("equals", "at_least", "at_most")
BY_KERAS = {"call", "compute_loss", "predict_step"}  # methods that no code of ours calls by name
UNMEASURED = ("figure", "exercise")  # tags of cells that no measured value depends on


def notebook_key(lesson: Lesson, root: Path = ROOT) -> str:
    """Changes with the code that the lesson's notebooks run: then their outputs are stale."""
    cells = [_without_docstrings(_parsed(place.text["en"])) for place in _seen(lesson)]
    return _hash(cells, root)


def seeds_key(lesson: Lesson, root: Path = ROOT) -> str:
    """Changes with the code that decides what is measured: then `make seeds` is due.

    Figures, exercises, imports and calls of plots, the bounds of checks and the names under which
    they report are not in it.
    """
    shown = _imported_from(SHOWING, lesson)
    cells = []
    for place in _seen(lesson):
        if not set(place.tags) & set(UNMEASURED):
            cells.append(_Measuring(shown).visit(_without_docstrings(_parsed(place.text["en"]))))
    return _hash(cells, root)


def _seen(lesson: Lesson) -> list[Place]:
    return [place for place in lesson.places if place.kind == "code" and place.seen]


def _parsed(source: str) -> ast.Module:
    """A cell's tree; a line that starts with % is IPython's."""
    return ast.parse(re.sub(r"^(\s*)%.*$", r"\1pass", source, flags=re.M))


def _hash(cells: list[ast.Module], root: Path) -> str:
    helpers = _Helpers(root)
    helpers.reach_from(cells)
    parts = [_canonical(cell) for cell in cells if cell.body]
    parts += [f"{name} {text}" for name, text in sorted(helpers.reached.items())]
    parts += sorted(helpers.files_read())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _canonical(node: object) -> str:
    """A syntax tree as text, the same in all versions of Python (unlike `ast.dump`)."""
    if isinstance(node, list):
        return f"[{', '.join(map(_canonical, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [
        f"{name}={_canonical(value)}"
        for name, value in ast.iter_fields(node)
        if value not in (None, []) and name not in ("ctx", "kind", "type_comment")
    ]
    return f"{type(node).__name__}({', '.join(fields)})"


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        scope = (ast.Module, ast.FunctionDef, ast.ClassDef)
        if isinstance(node, scope) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return tree


def _imported_from(modules: Iterable[str], lesson: Lesson) -> set[str]:
    """The names that a lesson imports from some modules of helpers."""
    wanted = {f"helpers.{module}" for module in modules}
    return {
        alias.asname or alias.name
        for place in _seen(lesson)
        for node in ast.walk(_parsed(place.text["en"]))
        if isinstance(node, ast.ImportFrom) and node.module in wanted
        for alias in node.names
    }


class _Measuring(ast.NodeTransformer):
    """Drops what no measured value depends on; of checks it leaves what they measure."""

    def __init__(self, shown: set[str]) -> None:
        self.shown = shown

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module in {f"helpers.{name}" for name in SHOWING} else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        call = node.value
        if not isinstance(call, ast.Call):
            return self.generic_visit(node)
        name = ast.unparse(call.func)
        if name == "check":
            call.keywords = [word for word in call.keywords if word.arg not in BOUNDS]
        elif name == "same":
            call.args, call.keywords = call.args[:2], []
        elif name.startswith("plt.") or (name in self.shown and name != "report"):
            return None
        return self.generic_visit(node)


class _Messageless(ast.NodeTransformer):
    """Drops what helpers print, and of an error everything but its class."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        printed = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "print"
        return None if printed else self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            node.exc = node.exc.func
        return node


@dataclass
class _Helpers:
    """The definitions in `helpers`, and those of them that some code reaches."""

    root: Path
    reached: dict[str, str] = field(default_factory=dict)  # "datasets.load_mnist": canonical text
    definitions: dict[str, ast.AST] = field(default_factory=dict)
    imports: dict[str, dict[str, str]] = field(default_factory=dict)  # module: name: definition

    def __post_init__(self) -> None:
        for path in sorted((self.root / "helpers").glob("*.py")):
            if path.stem not in SHOWING:
                self._read(path.stem, ast.parse(path.read_text(encoding="utf-8")))

    def _read(self, module: str, tree: ast.Module) -> None:
        tree = _Messageless().visit(_without_docstrings(tree))
        self.imports[module] = _helpers_imports(tree)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):  # its methods are definitions of their own
                methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                for method in methods:
                    self.definitions[f"{module}.{node.name}.{method.name}"] = method
                node.body = [part for part in node.body if part not in methods]
                self.definitions[f"{module}.{node.name}"] = node
            elif isinstance(node, ast.FunctionDef):
                self.definitions[f"{module}.{node.name}"] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    self.definitions[f"{module}.{ast.unparse(target)}"] = node

    def reach_from(self, cells: list[ast.Module]) -> None:
        """Follow names and attributes from the cells until nothing new is reached."""
        names, attributes = set[str](), set[tuple[str, str]]()
        for cell in cells:
            names |= set(_helpers_imports(cell).values())
            attributes |= _attributes(cell)
        while names:
            for name in names & set(self.definitions):
                node = self.definitions[name]
                self.reached[name] = _canonical(node)
                attributes |= _attributes(node)
            names = self._next(attributes) - set(self.reached)

    def _next(self, attributes: set[tuple[str, str]]) -> set[str]:
        found = set()
        for name in self.reached:
            module, node = name.split(".")[0], self.definitions[name]
            used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            imported = self.imports[module]
            found |= {f"{module}.{other}" for other in used}
            found |= {imported[other] for other in used & set(imported)}
            if isinstance(node, ast.ClassDef):
                found |= {f"{name}.{method}" for method in _methods_used(node.name, attributes)}
        return found & set(self.definitions)

    def files_read(self) -> list[str]:
        """The lines of data/SHA256SUMS for files that strings in the reached code name."""
        sums = self.root / "data" / "SHA256SUMS"
        if not sums.is_file():
            return []
        strings = {
            node.value
            for name in self.reached
            for node in ast.walk(self.definitions[name])
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        return [
            line
            for line in sums.read_text(encoding="utf-8").splitlines()
            if any(_names_file(text, line.split(maxsplit=1)[1]) for text in strings)
        ]


def _names_file(text: str, file: str) -> bool:
    """Whether a string is a file's path in data/, or the folder that it lies in."""
    return text == file or (text.endswith("/") and file.startswith(text))


def _attributes(node: ast.AST) -> set[tuple[str, str]]:
    """(object, attribute) of every `object.attribute`; object is empty where it is no name."""
    return {
        (part.value.id if isinstance(part.value, ast.Name) else "", part.attr)
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute)
    }


def _methods_used(class_name: str, attributes: set[tuple[str, str]]) -> set[str]:
    """Of any object, to be safe; but lessons call theirs `lesson`, and Keras has names alike."""
    own = {"lesson", "self"} if class_name == "Lesson" else None
    return BY_KERAS | {attribute for name, attribute in attributes if own is None or name in own}


def _helpers_imports(tree: ast.AST) -> dict[str, str]:
    """Names that code imports from helpers, and the definitions they stand for."""
    return {
        alias.asname or alias.name: f"{node.module.removeprefix('helpers.')}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers.")
        for alias in node.names
        if node.module
    }
