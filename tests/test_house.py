"""The house: imports go down only, files stay small, and nothing in it unpickles, evaluates or fetches.

The floors of `qa/`, as its imports show them. A file, or a folder that is one noun, may use what stands on a lower
floor, never what stands beside or above it:

    8  evaluation                                          asks an assistant every gold question
    7  assistant  relocation  talk                         joins the stages; finds a quote again; conversations kept
    6  retriever  check  gold  documents                   search, compare with files and gold questions, show
    5  library                                             holds documents
    4  store  derived  answer  calibration                 the record's file, what searches it; compose, verify; when
    3  schema  snapshot  intake  reader  proofs            tables; vectors; files in; answers out; quotes checked again
    2  passages  sources  writing  names  sandbox          pieces, files, what is written, names; where files are read
       followup                                            what a follow-up question leaves out
    1  readers  record  lock  question  filters            one a format; rows; one writer; what may be asked, where
       links  exports  words  collections                  addresses of citations; answers as files; words; stores
    0  types  errors  lexical  receipts  tags  gate        values, and what uses none of ours
       duplicates  fusion  folding  watching  fragments

The doors stand on top and may use all of it: `cli`, `server`, `web`, `__main__`. Only they know `ui`, and only inside
the functions that show it. `ui` knows values, errors, what may be asked and how answers are written down. `embeddings`
and `seeds` know nothing of the others.
"""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import qa

ROOT = Path(qa.__file__).parent.parent
PACKAGES = ("embeddings", "qa", "seeds", "ui")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))

FLOORS = {
    "types": 0,
    "errors": 0,
    "lexical": 0,
    "receipts": 0,
    "tags": 0,
    "watching": 0,
    "fragments": 0,
    "duplicates": 0,
    "fusion": 0,
    "folding": 0,
    "gate": 0,
    "readers": 1,
    "record": 1,
    "lock": 1,
    "words": 1,
    "question": 1,
    "filters": 1,
    "links": 1,
    "exports": 1,
    "collections": 1,
    "passages": 2,
    "followup": 2,
    "sources": 2,
    "writing": 2,
    "names": 2,
    "sandbox": 2,
    "schema": 3,
    "snapshot": 3,
    "intake": 3,
    "reader": 3,
    "proofs": 3,
    "store": 4,
    "derived": 4,
    "calibration": 4,
    "answer": 4,
    "library": 5,
    "retriever": 6,
    "check": 6,
    "gold": 6,
    "documents": 6,
    "assistant": 7,
    "relocation": 7,
    "talk": 7,
    "evaluation": 8,
}
DOORS = {"cli", "server", "web", "__main__"}
LONGEST = 400


@dataclass(frozen=True)
class Import:
    """One name that a module imports from one of our packages."""

    module: str
    target: str
    inside_function: bool
    for_types: bool = False

    @property
    def line(self) -> str:
        return f"{self.module} imports {self.target}"


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(file): file for file in FILES}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def noun(module: str) -> str:
    """The part of a module's name that has a floor: `readers` for `qa.readers.text`."""
    return module.split(".")[1] if "." in module else ""


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse


def own_imports(module: str) -> Iterator[Import]:
    """What a module imports of ours, those for types only and those inside functions included."""

    def visit(node: ast.AST, inside: bool, typed: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, inside, typed) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            assert node.module
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield Import(module, full if full in MODULES else node.module, inside, typed)
        for child in ast.iter_child_nodes(node):
            within = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from visit(child, within, typed or _is_for_types(node))

    for found in visit(tree(MODULES[module]), inside=False, typed=False):
        if found.target.split(".")[0] in PACKAGES:
            yield found


IMPORTS = [found for module in MODULES for found in own_imports(module)]


def of(package: str) -> list[Import]:
    return [found for found in IMPORTS if found.module.split(".")[0] == package]


def test_the_imports_were_found() -> None:
    lines = {found.line for found in IMPORTS}
    assert "qa.library imports qa.intake" in lines
    assert "qa.reader.reader imports qa.lexical" in lines  # from qa import lexical
    assert "qa.cli.options imports qa.library" in lines  # inside a function
    assert Import("qa.server", "ui.app", inside_function=True) in IMPORTS


def test_every_noun_of_qa_has_a_floor() -> None:
    assert {noun(module) for module in MODULES if module.startswith("qa.")} == FLOORS.keys() | DOORS


def test_qa_imports_downwards_only() -> None:
    wrong = [
        found.line
        for found in of("qa")
        if (found.target == "qa" or found.target.startswith("qa."))
        and found.module != "qa"  # the front door opens onto every floor, lazily
        and noun(found.module) not in DOORS
        and noun(found.module) != noun(found.target)
        and FLOORS[noun(found.module)] <= FLOORS.get(noun(found.target), 99)
    ]
    assert wrong == []


def test_no_door_is_imported_from_inside() -> None:
    inside = [found for found in IMPORTS if found.target.startswith("qa.") and noun(found.target) in DOORS]
    assert [found.line for found in inside if noun(found.module) not in DOORS] == []


def test_floors_are_as_low_as_the_imports_allow() -> None:
    def lowest(name: str) -> int:
        below = {
            noun(found.target)
            for found in of("qa")
            if noun(found.module) == name and found.target.startswith("qa.") and noun(found.target) != name
        }
        return max((lowest(other) + 1 for other in below), default=0)

    assert {name: lowest(name) for name in FLOORS} == FLOORS


def test_embeddings_and_seeds_know_nothing_of_the_others() -> None:
    for package in ("embeddings", "seeds"):
        assert [found.line for found in of(package) if found.target.split(".")[0] != package] == []


def test_ui_knows_values_and_errors_only() -> None:
    outside = {found.target for found in of("ui") if found.target.split(".")[0] != "ui"}
    assert outside <= {"qa.types", "qa.errors", "qa.question", "qa.links", "qa.exports"}


def test_ui_and_seeds_are_imported_inside_functions_of_the_doors() -> None:
    for found in of("qa"):
        if found.target.split(".")[0] in ("ui", "seeds"):
            assert noun(found.module) in DOORS, found.line
            assert found.inside_function or found.for_types, found.line


def test_there_is_no_cycle() -> None:
    graph = {module: {found.target for found in own_imports(module)} for module in MODULES}
    graph["qa"] = set()  # loads its names on first use
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for target in sorted(graph.get(module, ())):
                walk(target, (*path, module))
            done.add(module)

    for module in MODULES:
        walk(module, ())
    assert done >= MODULES.keys()


# `qa.__main__` runs the command, and `ui.app` is opened by the tests of the page.
@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"qa.__main__", "ui.app"}))
def test_every_module_has_a_docstring_and_can_be_imported_alone(module: str) -> None:
    assert ast.get_docstring(tree(MODULES[module]))
    importlib.import_module(module)


def test_modules_can_be_imported_in_any_order() -> None:
    # In a process of its own, each module first in a fresh interpreter state of our packages; but those that the import
    # of their package loads were then first already, as the package is before them.
    code = """
import importlib, sys
loaded = {}
for module in sys.argv[1:]:
    package = module.rpartition(".")[0]
    if module in loaded.get(package, ()):
        continue
    for name in [name for name in sys.modules if name.split(".")[0] in ("qa", "embeddings", "ui", "seeds")]:
        del sys.modules[name]
    importlib.import_module(module)
    loaded[module] = set(sys.modules)
"""
    modules = sorted(
        module for module in MODULES if module.startswith(("qa.", "embeddings")) and "__main__" not in module
    )
    done = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


# --- size and packaging


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_file_is_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_front_door_is_small_sorted_and_opens() -> None:
    assert qa.__all__ == sorted(qa.__all__)
    assert set(qa.__all__) == {
        "Answer",
        "Assistant",
        "Citation",
        "Document",
        "Filter",
        "Hit",
        "Library",
        "Passage",
        "PinciteError",
        "Retriever",
        "evaluate",
        "read_gold",
    }
    for name in qa.__all__:
        assert getattr(qa, name).__name__ == name
    with pytest.raises(AttributeError, match="Librarian"):
        _ = qa.Librarian


@pytest.mark.parametrize("module", ["embeddings", "qa.evaluation", "qa.gold", "qa.readers", "qa.sandbox", "qa.cli"])
def test_what_packages_offer_is_sorted_and_there(module: str) -> None:
    loaded = importlib.import_module(module)
    assert loaded.__all__ == sorted(loaded.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(loaded, name) for name in loaded.__all__)


def test_every_package_is_typed_and_packed() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)
    assert settings["tool"]["pytest"]["ini_options"]["filterwarnings"][0] == "error"
    assert settings["project"]["scripts"]["pincite"] == "qa.cli:main"


def test_every_package_has_a_file_for_python() -> None:
    folders = {file.parent for file in FILES}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


# --- what must not be in it


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module} | {f"{node.module}.{alias.name}" for alias in node.names})
    return names


def test_nothing_is_unpickled_or_evaluated() -> None:
    modules = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "code", "runpy"}
    functions = {
        "eval",
        "exec",
        "compile",
        "__import__",
        "torch.load",
        "os.system",
        "os.popen",
        "np.load",
        "numpy.load",
    }
    for file in FILES:
        assert imported(file) & modules == set(), file
        assert {name for name, _ in calls(file)} & functions == set(), file


def test_no_model_may_bring_its_code() -> None:
    given = [
        keyword.value
        for file in FILES
        for _, call in calls(file)
        for keyword in call.keywords
        if keyword.arg == "trust_remote_code"
    ]
    assert given  # it is said, not left to a default
    assert all(isinstance(value, ast.Constant) and value.value is False for value in given)


def test_nothing_is_fetched() -> None:
    clients = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "smtplib"}
    for file in FILES:
        assert imported(file) & clients == set(), file
    # The local cache of models is looked up through huggingface_hub, with the network ruled out.
    for file in FILES:
        for name, call in calls(file):
            if name.endswith(("snapshot_download", "hf_hub_download")):
                local = {keyword.arg: keyword.value for keyword in call.keywords}["local_files_only"]
                assert isinstance(local, ast.Constant)
                assert local.value is True


def test_no_address_stands_in_the_code_but_our_own() -> None:
    places = {
        (file.relative_to(ROOT).as_posix(), node.value)
        for file in FILES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[a-z]://", node.value)
    }
    # Parts of f-strings that go on with our own host.
    assert places <= {("qa/gate.py", "http://"), ("qa/server.py", "http://")}


def test_the_page_names_no_address_either() -> None:
    assets = [file for file in (ROOT / "ui" / "assets").rglob("*") if file.is_file()]
    assert assets
    for file in assets:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, file
        assert "url(//" not in text, file


def test_a_library_prints_nothing() -> None:
    # The command line writes through click, everything else through logging.
    for file in FILES:
        assert "print" not in {name for name, _ in calls(file)}, file
        for name, _ in calls(file):
            assert name not in ("logging.basicConfig", "logging.disable", "warnings.filterwarnings"), file
