"""The settings for tools that read the code and reach no service, such as mypy."""

import os

os.environ.setdefault("DISTRICT_OFFLINE", "1")

from district.settings import *  # noqa: F403
