"""Static files: the few we take from node packages, and hashed names in production."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PREFIX = "vendor/"


def vendor_path(name: str) -> Path | None:
    """The file in node_modules behind `vendor/<name>`; None unless settings list it."""
    source = (
        settings.VENDOR_FILES.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    )
    return settings.NODE_MODULES / source if source else None


class VendorStorage(FileSystemStorage):
    """Reads the listed files under the names they are served by."""

    def path(self, name: str) -> str:
        return str(vendor_path(name))


class VendorFinder(BaseFinder):
    """Finds exactly the files of VENDOR_FILES, so that no package's other files are served."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = vendor_path(path)
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        storage = VendorStorage(location=settings.NODE_MODULES)
        for name in settings.VENDOR_FILES:
            yield PREFIX + name, storage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names; the source maps that third-party files name are not served, so not hashed."""

    patterns = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )
