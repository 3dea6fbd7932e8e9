"""pytest plugin: throwaway services for the run, started in the xdist controller alone.

Named in addopts, so that it comes before pytest-django reads the settings.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from . import bytecode, texts
from .processes import StartFailed
from .services import throwaway_services

bytecode.keep()
RUNNING = pytest.StashKey[ExitStack]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper runs before every plain hook, pytest-django's included."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stack = early_config.stash.setdefault(RUNNING, ExitStack())
        texts.compile_all()
        try:
            services = stack.enter_context(throwaway_services(print))
            os.environ |= services.as_owner
        except StartFailed as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if running := config.stash.get(RUNNING, None):
        running.close()
