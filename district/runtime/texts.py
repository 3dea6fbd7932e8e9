"""The catalogue of translated texts: found in code and templates, kept in order, compiled.

Everything is done in Python, so that no gettext has to be installed.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import escape, unescape
from django.utils.translation.template import templatize

from .folders import ROOT

LOCALE = ROOT / "locale"
CATALOGUE = LOCALE / "zh_Hans/LC_MESSAGES/django.po"
TEMPLATES = ROOT / "templates"
PACKAGES = (ROOT / "district", ROOT / "spaces")
HEADER = r"""msgid ""
msgstr ""
"Language: zh_Hans\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""
PLAIN, PLURAL, CONTEXT, CONTEXT_PLURAL = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), CONTEXT_PLURAL),
}
CONTINUED = re.compile(r'"\s*\n\s*"')
LINE = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr)(?:\[0\])? (".*")\s*$', re.MULTILINE)
# What the Chinese texts never say, and what they say instead: one word for each thing.
AVOIDED = {
    "你": "您",
    "(?<!创新)社区": "创新社区",
    "园区运营方": "运营方",
    "租户": "入驻企业",
    "重新预约|改期": "改约",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@dataclass(frozen=True, order=True)
class Key:
    """What gettext looks a text up by."""

    text: str
    context: str = ""


@dataclass
class Entry:
    """The English plural, where the text has one, and the Chinese translation, once it has one."""

    plural: str = ""
    translation: str = ""


Texts = dict[Key, Entry]


def used(packages: Iterable[Path], templates: Path) -> Texts:
    """The texts that the packages' code and the templates ask for, none translated."""
    texts: Texts = {}
    for source in _sources(packages, templates):
        for _, message, _, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            text, plural = message if isinstance(message, tuple) else (message, "")
            entry = texts.setdefault(Key(text, context or ""), Entry())
            entry.plural = entry.plural or plural
    return texts


def parse(catalogue: str) -> Texts:
    """The texts of a catalogue, which may have been merged line by line.

    Such a merge leaves entries twice (then the later translation counts), or several entries above
    the one translation that they share.
    """
    texts: Texts = {}
    keys: list[Key] = []
    context, plural, complete = "", "", False
    for keyword, quoted in LINE.findall(CONTINUED.sub("", catalogue)):
        value = unescape(quoted)
        if keyword in ("msgctxt", "msgid") and complete:
            keys, plural, complete = [], "", False
        if keyword == "msgctxt":
            context = value
        elif keyword == "msgid":
            keys.append(Key(value, context))
            context = ""
        elif keyword == "msgid_plural":
            plural = value
        else:
            complete = True
            for key in keys:
                before = texts.get(key, Entry())
                texts[key] = Entry(plural or before.plural, value or before.translation)
    texts.pop(Key(""), None)
    return texts


def render(texts: Texts) -> str:
    """The catalogue as it is kept: in order of its texts, a line for each string, nothing else."""
    blocks = [HEADER]
    for key in sorted(texts):
        entry = texts[key]
        lines = [f"msgctxt {escape(key.context)}"] if key.context else []
        lines.append(f"msgid {escape(key.text)}")
        if entry.plural:
            lines.append(f"msgid_plural {escape(entry.plural)}")
        form = "msgstr[0]" if entry.plural else "msgstr"
        lines.append(f"{form} {escape(entry.translation)}\n")
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def renewed(asked: Texts, known: Texts) -> Texts:
    """What is asked for, with the translations that are known."""
    return {
        key: Entry(entry.plural, known[key].translation if key in known else "")
        for key, entry in asked.items()
    }


def findings(asked: Texts, known: Texts) -> Iterator[str]:
    """What is wrong with the catalogue, a line each."""
    for key in sorted(asked.keys() | known.keys()):
        name = f"{escape(key.text)}{f' ({key.context})' if key.context else ''}"
        if key not in known:
            yield f"missing: {name}"
        elif key not in asked:
            yield f"unused: {name}"
        elif not known[key].translation:
            yield f"untranslated: {name}"
        elif _placeholders(known[key].translation) != _placeholders(asked[key].plural or key.text):
            yield f"other placeholders than the original: {name}"
        else:
            yield from (
                f"“{found[0]}” ({advice}): {name}"
                for words, advice in AVOIDED.items()
                if (found := re.search(words, known[key].translation))
            )


def compile_all() -> None:
    """Make the .mo beside each .po that is newer; two processes may do it at once."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        partial = target.with_suffix(f".{os.getpid()}")
        with partial.open("wb") as file:
            write_mo(file, _compiled(parse(source.read_text())))
        partial.replace(target)


def _sources(packages: Iterable[Path], templates: Path) -> Iterator[str]:
    for package in packages:
        for path in package.rglob("*.py"):
            if "migrations" not in path.parts:
                yield path.read_text()
    for path in templates.rglob("*.*"):
        # All that is not a text becomes X; the indentation left over means nothing to Python.
        yield re.sub(
            r"^\s+", "", templatize(path.read_text(), origin=str(path)), flags=re.MULTILINE
        )


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _compiled(texts: Texts) -> Catalog:
    catalog = Catalog(locale="zh_Hans")
    for key, entry in texts.items():
        catalog.add(
            (key.text, entry.plural) if entry.plural else key.text,
            (entry.translation,) if entry.plural else entry.translation,
            context=key.context or None,
        )
    return catalog
