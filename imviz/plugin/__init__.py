"""What a plugin is: fields a user can set, actions they can run, and results they can look at.

A plugin is a model. It knows the session and nothing of any toolkit: the shell makes its panel from
its fields and its ``.vue`` layout, a notebook uses the same fields and methods directly. So every
public name of a plugin's class is its notebook API, and the field's docstring is its help. Arrays
are never put in an observable field; a `Held` field keeps them beside an observable count.
"""

from imviz.plugin.background_task import BackgroundTask
from imviz.plugin.fields import Choice, Chosen, ChosenSeveral, Held, Number, Several
from imviz.plugin.layer_field import LayerField
from imviz.plugin.linked_sources import LinkedSources
from imviz.plugin.outputs import Guide, Histogram, Pages
from imviz.plugin.plot import Plot, Series
from imviz.plugin.plugin import Plugin, action
from imviz.plugin.viewers import Viewers
from imviz.view.vectors import MARKERS, Paths, Points

__all__ = [
    "MARKERS",
    "BackgroundTask",
    "Choice",
    "Chosen",
    "ChosenSeveral",
    "Guide",
    "Held",
    "Histogram",
    "LayerField",
    "LinkedSources",
    "Number",
    "Pages",
    "Paths",
    "Plot",
    "Plugin",
    "Points",
    "Series",
    "Several",
    "Viewers",
    "action",
]
