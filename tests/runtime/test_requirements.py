"""pyproject.toml pins every package that is installed; requirements.lock adds the hashes."""

import re
import tomllib
from importlib.metadata import version

import pytest

from district.runtime.folders import ROOT

RENEW = (
    "uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url "
    "--no-annotate --no-header --python-version 3.11 --output-file requirements.lock"
)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()


def pins(text: str) -> set[tuple[str, str]]:
    """Name and version of each line, names as the index writes them."""
    return {(re.sub(r"[-_.]+", "-", name).lower(), number) for name, number in PIN.findall(text)}


DIRECT = PROJECT["project"]["dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]
CONSTRAINTS = PROJECT["tool"]["uv"]["constraint-dependencies"]


def test_every_package_is_pinned_to_one_version():
    for requirement in [*DIRECT, *DEVELOPMENT, *CONSTRAINTS]:
        assert pins(requirement), f"{requirement} is not pinned with =="


def test_the_lock_has_what_the_project_asks_for():
    assert pins("\n".join(DIRECT)) <= pins(LOCK), RENEW


def test_the_lock_has_nothing_the_project_does_not_pin():
    assert pins(LOCK) <= pins("\n".join([*DIRECT, *CONSTRAINTS])), (
        f"Add what is missing to constraint-dependencies, then: {RENEW}"
    )


def test_every_package_of_the_lock_has_hashes_and_no_address():
    entries = re.split(r"\n(?=\S)", LOCK.strip())

    assert len(entries) == len(PIN.findall(LOCK)) > 50
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK


@pytest.mark.parametrize("name", ["django", "psycopg", "celery", "kombu", "asgiref"])
def test_what_is_installed_is_what_is_locked(name):
    assert (name, version(name)) in pins(LOCK)
