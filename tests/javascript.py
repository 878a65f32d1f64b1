"""What a file of JavaScript declares, imports, exports, and uses without either: read from its syntax tree.

Scopes are followed (a name declared in one function is not known in the next), hoisting is taken for granted.
"""

from dataclasses import dataclass, field

import esprima

BROWSER = frozenset(
    """
    AbortController Array ArrayBuffer Blob Boolean CustomEvent DataView DecompressionStream Error
    Event Float32Array Float64Array Image ImageData Infinity Int16Array Int32Array JSON Map Math
    MutationObserver NaN Number Object OffscreenCanvas Path2D Promise ResizeObserver Response Set
    String Symbol URL Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef arguments
    atob btoa cancelAnimationFrame clearInterval clearTimeout console createImageBitmap
    customElements document fetch getComputedStyle globalThis history isNaN location matchMedia
    navigator parseFloat parseInt PointerEvent performance queueMicrotask requestAnimationFrame
    sessionStorage setInterval setTimeout structuredClone undefined window
    """.split()  # noqa: SIM905
)
"""What the language and the page offer without an import."""

FUNCTIONS = {"FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"}


@dataclass
class Module:
    """One file: names it imports (and from where), exports, uses undeclared; classes with their length."""

    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # local name: (file, its name there)
    exports: set[str] = field(default_factory=set)
    undeclared: dict[str, int] = field(default_factory=dict)  # name: first line
    used: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)  # at the top of the file
    classes: dict[str, int] = field(default_factory=dict)  # name: lines


def read(text):
    """Read the text of one ES module."""
    module = Module()
    tree = esprima.parseModule(text, loc=True)
    module.declared = _declared(tree.body)
    for node in tree.body:
        if node.type == "ImportDeclaration":
            for name in node.specifiers:
                there = name.imported.name if name.type == "ImportSpecifier" else "default"
                module.imports[name.local.name] = (node.source.value, there)
        elif node.type == "ExportDefaultDeclaration":
            module.exports.add("default")
        elif node.type == "ExportNamedDeclaration":
            module.exports |= _declared([node.declaration] if node.declaration else [])
            module.exports |= {name.exported.name for name in node.specifiers or []}
    _Walk(module).go(tree, [module.declared])
    return module


class _Walk:
    """Goes down a tree with the names known at each place."""

    def __init__(self, module):
        self.module = module

    def go(self, node, known):
        if isinstance(node, list):
            for item in node:
                self.go(item, known)
        if getattr(node, "type", None) is None:
            return
        if node.type == "Identifier":
            self._use(node, known)
        elif node.type == "MemberExpression":
            self.go(node.object, known)
            if node.computed:
                self.go(node.property, known)
        elif node.type in {"Property", "MethodDefinition", "PropertyDefinition"}:
            if node.computed:
                self.go(node.key, known)
            self.go(node.value, known)
        elif node.type not in {"ImportDeclaration", "BreakStatement", "ContinueStatement"}:
            self._inside(node, known)

    def _inside(self, node, known):
        if node.type in {"ClassDeclaration", "ClassExpression"} and node.id:
            self.module.classes[node.id.name] = node.loc.end.line - node.loc.start.line + 1
        here = set()
        if node.type in FUNCTIONS:
            here = (
                set().union(*map(_bound, node.params))
                | {"arguments"}
                | ({node.id.name} if node.id else set())
            )
        elif node.type == "CatchClause" and node.param:
            here = _bound(node.param)
        elif node.type == "BlockStatement":
            here = _declared(node.body)
        elif node.type in {"ForStatement", "ForOfStatement", "ForInStatement"}:
            here = _declared([node.init or node.left])
        elif node.type == "SwitchStatement":
            here = _declared([item for case in node.cases for item in case.consequent])
        for key, value in vars(node).items():
            if key not in {"loc", "type"} and (isinstance(value, list) or hasattr(value, "type")):
                self.go(value, [*known, here])

    def _use(self, node, known):
        self.module.used.add(node.name)
        if node.name not in BROWSER and not any(node.name in names for names in known):
            self.module.undeclared.setdefault(node.name, node.loc.start.line)


def _declared(nodes):
    """Names that the statements of one block declare."""
    names = set()
    for node in nodes:
        kind = getattr(node, "type", None)
        if kind == "VariableDeclaration":
            names |= set().union(*(_bound(item.id) for item in node.declarations))
        elif kind in {"FunctionDeclaration", "ClassDeclaration"} and node.id:
            names.add(node.id.name)
        elif kind == "ImportDeclaration":
            names |= {item.local.name for item in node.specifiers}
        elif kind == "ExportNamedDeclaration" and node.declaration:
            names |= _declared([node.declaration])
    return names


def _bound(pattern):
    """Names that a pattern (of a parameter, of a declaration) binds."""
    kind = getattr(pattern, "type", None)
    if kind == "Identifier":
        return {pattern.name}
    if kind == "ArrayPattern":
        return set().union(*map(_bound, pattern.elements))
    if kind == "ObjectPattern":
        return set().union(*(_bound(item.value or item.argument) for item in pattern.properties))
    return _bound(pattern.left or pattern.argument) if kind in {"AssignmentPattern", "RestElement"} else set()
