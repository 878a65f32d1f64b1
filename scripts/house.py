"""Measure how the code is put together, and refuse what makes it worse.

A linter sees a line, a function, an import. What is counted here lies between the files: circles of
imports (those for types only and those inside functions count too), classes cut into a chain, scripts
without imports, templates too wide to read. Each measure has a goal and a ceiling. The ceiling is today's
figure where the goal is not reached yet, and may only be lowered. ``make lint`` runs this. It does not
judge names.

    python scripts/house.py [ROOT]
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "imviz"
WIDE = 160
WHOLES = {"ImageViewer": 45, "Imviz": 45}
OTHERS = 25


@dataclass(frozen=True)
class Limit:
    """What a measure should come to (`goal`), and what it may come to today (`ceiling`)."""

    goal: int
    ceiling: int


LIMITS = {
    "circles of more than two files": Limit(0, 0),
    "files in the largest circle": Limit(2, 2),
    "bases with exactly one child": Limit(6, 2),
    "public names of ImageViewer": Limit(45, 45),
    "public names of Imviz": Limit(45, 44),
    "other classes of over 25 public names": Limit(0, 0),
    "scripts without import or export": Limit(0, 2),
    "template lines over 160 characters": Limit(0, 0),
}


def modules(root: Path) -> dict[str, ast.Module]:
    """Every module of the package below `root`, by its dotted name."""
    trees = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        trees[name] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def imported(tree: ast.Module, known: set[str]) -> set[str]:
    """The modules of `known` that `tree` names in any import; imports are absolute throughout."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = inner & known
            names |= submodules if len(submodules) == len(inner) else submodules | {node.module}
    return names & known


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of two or more files each of which reaches every other, the largest first."""

    def reached(start: str) -> set[str]:
        seen, waiting = set[str](), [start]
        while waiting:
            new = arrows[waiting.pop()] - seen
            seen |= new
            waiting += new
        return seen

    reach = {name: reached(name) for name in arrows}
    groups = {frozenset(other for other in reach[name] if name in reach[other]) for name in arrows}
    return sorted(
        (sorted(group) for group in groups if len(group) > 1), key=lambda group: (-len(group), group)
    )


def word(node: ast.expr) -> str:
    """The last name of a base as it is written: ``Plugin`` of ``framework.Plugin[int]``."""
    return re.split(r"[\[(]", ast.unparse(node))[0].split(".")[-1]


def classes(trees: dict[str, ast.Module]) -> dict[str, list[ast.ClassDef]]:
    """The classes of the package, by name (two classes of one name are both there)."""
    result = defaultdict(list)
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                result[node.name].append(node)
    return dict(result)


def only_children(known: dict[str, list[ast.ClassDef]]) -> list[str]:
    """Classes with exactly one child here, errors left out."""
    children: dict[str, int] = defaultdict(int)
    for nodes in known.values():
        for node in nodes:
            for base in {word(base) for base in node.bases} & known.keys():
                children[base] += 1
    return sorted(
        name for name, count in children.items() if count == 1 and not name.endswith(("Error", "Warning"))
    )


def public_names(
    name: str, known: dict[str, list[ast.ClassDef]], seen: frozenset[str] = frozenset()
) -> set[str]:
    """Public methods and properties of a class and of all its bases in the package.

    One that a part answers (``name = answered_by(…)``) is the part's; of `WHOLES`, whose names users meet, it
    counts too.
    """
    names: set[str] = set()
    for node in known.get(name, []):
        names |= {item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
        names |= answered(node) if name in WHOLES else set()
        for base in node.bases:
            if word(base) not in seen | {name}:
                names |= public_names(word(base), known, seen | {name})
    return {item for item in names if not item.startswith("_")}


def answered(node: ast.ClassDef) -> set[str]:
    """Names of a class that it hands to a part."""
    calls = [item for item in node.body if isinstance(item, ast.Assign) and isinstance(item.value, ast.Call)]
    handed = [item for item in calls if word(item.value) in ("answered_by", "told_by")]
    return {target.id for item in handed for target in item.targets if isinstance(target, ast.Name)}


def measured(root: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    """All figures of the package below `root`, and what is behind those that can be named."""
    trees = modules(root)
    rings = circles({name: imported(tree, set(trees)) - {name} for name, tree in trees.items()})
    known = classes(trees)
    chains = {name: len(public_names(name, known)) for name in known}
    sources = [path for path in (root / PACKAGE).rglob("*") if path.suffix in {".py", ".js", ".vue"}]
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in sources}
    large = sorted(
        f"{name} {count}" for name, count in chains.items() if count > OTHERS and name not in WHOLES
    )
    bare = [
        name
        for name in texts
        if name.endswith(".js") and not re.search(r"(?m)^(import|export)\b", texts[name])
    ]
    wide = [
        f"{name}:{number}"
        for name, text in texts.items()
        if name.endswith(".vue")
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > WIDE
    ]
    behind = {
        "circles of more than two files": [", ".join(ring) for ring in rings if len(ring) > 2],
        "bases with exactly one child": only_children(known),
        "other classes of over 25 public names": large,
        "scripts without import or export": sorted(bare),
        "template lines over 160 characters": sorted(wide),
    }
    figures = {name: len(what) for name, what in behind.items()}
    figures["files in the largest circle"] = max(map(len, rings), default=0)
    figures |= {f"public names of {name}": chains.get(name, 0) for name in WHOLES}
    figures["lines in all"] = sum(len(text.splitlines()) for text in texts.values())
    return figures, behind


def main(arguments: list[str]) -> int:
    """Print the table; 1 if a figure is over its ceiling, with what is behind it."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1]
    figures, behind = measured(root)
    print(f"{'':40}{'now':>8}{'ceiling':>9}{'goal':>7}")
    for name, limit in LIMITS.items():
        print(f"{name:40}{figures[name]:8}{limit.ceiling:9}{limit.goal:7}")
    print(f"{'lines in all':40}{figures['lines in all']:8}")
    worse = [name for name, limit in LIMITS.items() if figures[name] > limit.ceiling]
    for name in worse:
        print(
            f"\n{name}: {figures[name]}, at most {LIMITS[name].ceiling}", *behind.get(name, []), sep="\n    "
        )
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
