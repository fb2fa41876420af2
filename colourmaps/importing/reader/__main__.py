"""Starts the reader: python puts this directory on the path, and the reader wants to be a package in it."""

import sys
from importlib import import_module
from os.path import basename, split

# Last, so that no module beside the package is taken for one of the standard library.
parent, name = split(sys.path.pop(0))
sys.path.append(parent)
sys.exit(import_module(f"{basename(name)}.program").main())
