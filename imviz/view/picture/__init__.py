"""The picture of a view: tiles of pixel values that a browser colours and places; the same in Python.

The kernel sends values, not colours (`tiles`, from a `pyramid`, as `codes`), where a layer lies (`mesh`)
and how it is to look (`imviz.science.display.look`); panning, zooming, cuts, stretch, colours and blinking
are the browser's alone. Nothing here changes how an image looks; that is the layers'.
"""
