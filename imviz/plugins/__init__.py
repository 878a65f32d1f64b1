"""One feature each: a model in ``<name>.py``, its panel's layout in ``<name>.vue``."""
