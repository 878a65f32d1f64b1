"""``python -m imviz`` is the ``imviz`` command."""

import sys

from imviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
