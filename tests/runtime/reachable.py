"""This interpreter, its packages and the node packages where another account can go."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
LEFT_OUT = ("__pycache__", "test", "tests", "site-packages", "idlelib", "tkinter", "lib2to3")
BESIDE_IT = b"$ORIGIN/../lib"


def reachable_python(folder: Path, uid: int) -> Path:
    """The interpreter an account can run: this one, or a copy of it in the folder."""
    if _runs(Path(sys.executable), uid):
        return Path(sys.executable)
    base, environment = folder / "python", folder / "venv"
    _take(Path(sys.base_prefix) / "lib" / VERSION, base / "lib" / VERSION, *LEFT_OUT)
    for library in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        _link_or_copy(str(library), str(base / "lib" / library.name))
    _take_binary(base / "bin" / VERSION)
    _take(Path(sys.prefix) / "lib" / VERSION, environment / "lib" / VERSION)
    _take_scripts(environment)
    (environment / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\n")
    (environment / "bin/python").symlink_to(base / "bin" / VERSION)
    return environment / "bin/python"


def reachable_folder(source: Path, target: Path, uid: int) -> None:
    """A link where the account can read the folder, else a copy."""
    readable = subprocess.run(
        ["/usr/bin/test", "-r", str(source)], user=uid, extra_groups=[], check=False
    ).returncode
    if readable == 0:
        target.symlink_to(source)
    else:
        _take(source, target)


def _runs(python: Path, uid: int) -> bool:
    command = [str(python), "-c", "import celery"]
    try:
        return subprocess.run(command, user=uid, extra_groups=[], check=False).returncode == 0
    except PermissionError:
        return False


def _take(source: Path, target: Path, *left_out: str) -> None:
    shutil.copytree(
        source,
        target,
        symlinks=True,
        ignore=shutil.ignore_patterns(*left_out),
        copy_function=_link_or_copy,
    )


def _link_or_copy(source: str, target: str) -> str:
    """The same file under another name costs nothing, where both are on one disk."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)
    return target


def _take_binary(target: Path) -> None:
    """It names the folder of its library, which must then be the one beside it."""
    target.parent.mkdir(parents=True)
    content = Path(sys.executable).resolve().read_bytes()
    named = str(Path(sys.base_prefix) / "lib").encode() + b"\0"
    if len(named) > len(BESIDE_IT):
        content = content.replace(named, BESIDE_IT.ljust(len(named), b"\0"))
    target.write_bytes(content)
    target.chmod(0o755)


def _take_scripts(environment: Path) -> None:
    """Their first line names the interpreter."""
    (environment / "bin").mkdir()
    for script in (Path(sys.prefix) / "bin").iterdir():
        content = script.read_bytes()
        if content.startswith(b"#!") and not script.is_symlink():
            copied = environment / "bin" / script.name
            moved = content.replace(sys.prefix.encode(), str(environment).encode())
            copied.write_bytes(moved)
            copied.chmod(0o755)
