"""Compiled code is kept, also where the environment forbids to put it beside the sources."""

import os
import sys

from .folders import LOCAL


def keep() -> None:
    """For this process and its children: else each would compile 1,800 modules, for 2 s of CPU."""
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(LOCAL / "bytecode")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
