"""The browser's end of the picture: the widget that draws it.

What it is sent, and the picture without a browser, is `imviz.view.picture`.
"""
