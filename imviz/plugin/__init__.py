"""What a plugin is: fields a user can set, actions they can run, and results they can look at.

A plugin is a model. It knows the session and nothing of any toolkit: the shell makes its panel from
its fields and its ``.vue`` layout, a notebook uses the same fields and methods directly. So every
public name of a plugin's class is its notebook API, and the field's docstring is its help. Arrays
are never put in an observable field; a `Held` field keeps them beside an observable count.
"""

from imviz.plugin.aside import Aside
from imviz.plugin.fields import Choice, Chosen, ChosenSeveral, Held, Number, Several
from imviz.plugin.linked_sources import LinkedSources
from imviz.plugin.plugin import Plugin, Viewers, action
from imviz.plugin.shared import Shared
from imviz.plugin.shown import Guide, Histogram, Pages, Plot, Series
from imviz.view.vectors import MARKERS, Paths, Points

__all__ = [
    "MARKERS",
    "Aside",
    "Choice",
    "Chosen",
    "ChosenSeveral",
    "Guide",
    "Held",
    "Histogram",
    "LinkedSources",
    "Number",
    "Pages",
    "Paths",
    "Plot",
    "Plugin",
    "Points",
    "Series",
    "Several",
    "Shared",
    "Viewers",
    "action",
]
