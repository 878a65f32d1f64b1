"""The idioms of a panel by name, and what each is made of: the one file that knows Vuetify's fields.

A layout says what a control is for, ``<imviz-number label="Gain" field="gain" min="0" />``; here that
becomes a tag of Vuetify 2 with its binding, its density, its hint. It is done in the layout's text, before
the page has it: what arrives there is what one would have written by hand, so bindings, names for those
who do not see, and keys are Vuetify's own. Another Vuetify is another version of this file.

Whatever else a tag says (``v-if``, ``suffix``, ``:disabled``) is handed on, and wins over the idiom's own.
What each understands by itself stands at its function, and for authors in ``docs/your-own-plugin.md``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["IDIOMS", "spelled_out"]

Attributes = dict[str, str | None]

TAG = re.compile(r"""<imviz-([\w-]+)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)\s*(/?)>""")
ATTRIBUTE = re.compile(r"""([^\s=>"/]+)(?:="([^"]*)")?""")
CLOSING = re.compile(r"</imviz-([\w-]+)>")
FIELD: Attributes = {"dense": None, "outlined": None}
BUTTONS: dict[str, Attributes] = {
    "main": {"block": None, "depressed": None, "color": "primary"},
    "wide": {"block": None, "depressed": None},
    "plain": {"depressed": None},
    "accent": {"depressed": None, "color": "primary"},
    "small": {"small": None, "depressed": None},
    "quiet": {"small": None, "text": None},
    "link": {"x-small": None, "text": None, "color": "primary"},
    "icon": {"icon": None, "small": None},
    "mini": {"icon": None, "x-small": None},
}
"""How a button looks, by its ``kind``: ``main`` is a panel's own action, ``plain`` any other in a row."""


def spelled_out(layout: str) -> str:
    """A layout with every idiom in the toolkit's own words.

    Raises
    ------
    InputError
        If a tag names no idiom, or lacks what it needs.
    """

    def idiom(match: re.Match[str]) -> str:
        name, attributes, closed = match.groups()
        if name not in IDIOMS:
            raise InputError(f"<imviz-{name}> is no idiom of a panel; there is: {', '.join(IDIOMS)}.")
        if (name == "button") == bool(closed):
            end = "</imviz-button>" if name == "button" else "/>"
            raise InputError(f"<imviz-{name}{attributes[:60]}> must end with {end}")
        return IDIOMS[name](dict(ATTRIBUTE.findall(attributes)))

    text = TAG.sub(idiom, layout).replace("</imviz-button>", "</v-btn>")
    if left := re.search(r"</?imviz-[\w-]+[^\n]{0,60}", text):
        raise InputError(f"{left[0]!r} is no tag imviz understands; a quote or the '/>' may be missing.")
    return text


# ---- what several have in common


def _tag(name: str, attributes: Attributes, inside: str = "") -> str:
    words = (key if value in (None, "") else f'{key}="{value}"' for key, value in attributes.items())
    return f"<{' '.join((name, *words))}>{inside}</{name}>"


def _field(given: Attributes, idiom: str) -> str:
    """The field a tag is bound to: ``field="gain"``."""
    name = given.pop("field", None)
    if not name:
        raise InputError(f'<imviz-{idiom}> must name its field: field="gain".')
    return name


def _labelled(given: Attributes, field: str) -> Attributes:
    """The label; with ``mixes`` it tells when the selected layers differ in the field."""
    if "mixes" not in given:
        return {}
    del given["mixes"]
    dynamic, plain = given.pop(":label", None), given.pop("label", "") or ""
    label = f"({dynamic})" if dynamic else "'" + plain.replace("'", "\\'") + "'"
    return {":label": f"{label} + (mixed.includes('{field}') ? ' (mixed)' : '')"}


def _hinted(given: Attributes) -> Attributes:
    """A line below the field while there is something to say: ``hint="gain_source"``."""
    hint = given.pop("hint", None)
    if hint is None:
        return {"hide-details": None}
    return {":hint": hint, "persistent-hint": None, ":hide-details": f"!{hint}"}


# ---- the idioms


def _number(given: Attributes) -> str:
    """A number; empty is None. With ``digits="6"`` it is rounded for the eye.

    Without a ``field``, one of a list has its own ``:value`` and ``@change``.
    """
    bound: Attributes = {}
    if ":value" not in given:
        field = _field(given, "number")
        digits = given.pop("digits", None)
        bound = {
            ":value": f"Number(Number({field}).toPrecision({digits}))" if digits else field,
            "@change": f"{field} = $event === '' ? null : Number($event)",
            **_labelled(given, field),
        }
    usual: Attributes = {"type": "number", "step": "any", **FIELD, **_hinted(given)}
    return _tag("v-text-field", {**usual, **bound, **given})


def _text(given: Attributes) -> str:
    """A line of text, taken when it is done; with ``live`` as it is typed."""
    field = _field(given, "text")
    live = "live" in given
    given.pop("live", None)
    take = "@input" if live else "@change"
    bound: Attributes = {":value": field, take: f"{field} = $event || ''", **_labelled(given, field)}
    return _tag("v-text-field", {**FIELD, **_hinted(given), **bound, **given})


def _choice(given: Attributes) -> str:
    """One of the field's choices, or ``several``; ``several="images"`` counts them: "3 images".

    With ``search`` one types to find them; ``empty="No image yet"`` stands where there are none.
    """
    field = _field(given, "choice")
    several, search, empty = "several" in given, "search" in given, given.pop("empty", None)
    counted = given.pop("several", None)
    given.pop("search", None)
    bound: Attributes = {":items": f"{field}_items", "v-model": field if several else f"{field}_selected"}
    if several:
        bound["multiple"] = None
    if search:
        bound |= {":search-input.sync": f"{field}_search", "no-filter": None}
    if empty:
        bound["no-data-text"] = empty
    bound |= _labelled(given, field) | _hinted(given) | FIELD
    number = f"{field}.length === 1 ? item : {field}.length + ' {counted}'"
    inside = (
        '<template v-slot:selection="{ item, index }"><span v-if="index === 0">'
        f"{{{{ {number} }}}}</span></template>"
    )
    return _tag("v-autocomplete" if search else "v-select", {**bound, **given}, inside if counted else "")


def _switch(given: Attributes) -> str:
    """On or off."""
    field = _field(given, "switch")
    usual: Attributes = {"v-model": field, **_labelled(given, field), "dense": None, "inset": None}
    return _tag("v-switch", {**usual, "hide-details": None, **given})


def _tick(given: Attributes) -> str:
    """On or off, where several stand in a row."""
    usual: Attributes = {"v-model": _field(given, "tick"), "dense": None, "hide-details": None}
    return _tag("v-checkbox", {**usual, **given})


def _slider(given: Attributes) -> str:
    """A number by hand, while it moves; with ``settled`` when it is let go."""
    field = _field(given, "slider")
    moves = "@change" if "settled" in given else "@input"
    given.pop("settled", None)
    bound: Attributes = {":value": field, moves: f"{field} = $event", **_labelled(given, field)}
    return _tag("v-slider", {**bound, "dense": None, "hide-details": None, **given})


def _button(given: Attributes) -> str:
    """A button, ``kind="main"`` for what the panel is for; its text stands between the tags."""
    kind = given.pop("kind", None) or "plain"
    if kind not in BUTTONS:
        raise InputError(f"<imviz-button> has no kind {kind!r}; there is: {', '.join(BUTTONS)}.")
    return _tag("v-btn", {**BUTTONS[kind], **given}).removesuffix("</v-btn>")


def _progress(given: Attributes) -> str:
    """How far long work is, and a button to end it; ``indeterminate`` where nobody knows how far."""
    bar: Attributes = {":value": "100 * progress"}
    if "indeterminate" in given:
        bar = {"indeterminate": given.pop("indeterminate")}
    line = _tag("v-progress-linear", {**bar, "height": "6", "rounded": None})
    title = {"title": given.pop("title")} if "title" in given else {}
    button = _tag("v-btn", {"small": None, "text": None, **title, "@click": "cancel()"}, "Cancel")
    usual: Attributes = {"class": "imviz-row", "role": "status", "aria-label": "Progress"}
    return _tag("div", {**usual, **given}, line + button)


def _message(given: Attributes) -> str:
    """What the plugin has to say; an error is said at once to those who listen."""
    looks: Attributes = {
        "v-if": "message",
        ":class": "message_kind === 'error' ? 'imviz-error' : 'imviz-note'",
        ":role": "message_kind === 'error' ? 'alert' : 'status'",
    }
    return _tag("p", {**looks, **given}, "{{ message }}")


def _guidance(given: Attributes) -> str:
    """What to do next, while something is missing."""
    arrow = '<v-icon small color="primary">mdi-arrow-right</v-icon>'
    return _tag("p", {"v-if": "guidance", "class": "imviz-next", **given}, arrow + "{{ guidance }}")


def _results(given: Attributes) -> str:
    """A field of ``{function, result}`` lines as a table: ``rows="results"``."""
    rows = given.pop("rows", None)
    if not rows:
        raise InputError('<imviz-results> must name its lines: rows="results".')
    line = (
        f'<tr v-for="(line, n) in {rows}" :key="n">'
        '<th scope="row">{{ line.function }}</th><td>{{ line.result }}</td></tr>'
    )
    named = {"aria-label": given.pop("label")} if "label" in given else {}
    return _tag("table", {"class": "imviz-results", **named, **given}, line)


IDIOMS: dict[str, Callable[[Attributes], str]] = {
    "number": _number,
    "text": _text,
    "choice": _choice,
    "switch": _switch,
    "tick": _tick,
    "slider": _slider,
    "button": _button,
    "progress": _progress,
    "message": _message,
    "guidance": _guidance,
    "results": _results,
}
"""What a layout may name as ``<imviz-...>``, besides ``imviz-part``."""
