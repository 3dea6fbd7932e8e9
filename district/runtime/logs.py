"""Logs: one line per event, JSON where machines read them, plain text on a local terminal."""

import logging
import re
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

# PostgreSQL quotes the row that broke a rule: people's names and addresses may be in it.
QUOTED_ROW: Final = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)

SHARED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
QUIET: Final = {
    # Refusals are in the line of their request.
    "django.request": {"level": "ERROR"},
    # It names whole addresses, and those of group robots hold their keys.
    "httpx": {"level": "WARNING"},
    "httpcore": {"level": "WARNING"},
}


def configuration(*, json: bool, level: str) -> dict[str, Any]:
    """The LOGGING dictionary; also points structlog's own loggers at it."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": _renderers(json),
            }
        },
        "filters": {"pathless": {"()": Pathless}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["pathless"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": QUIET,
    }


class Pathless(logging.Filter):
    """Django names the path of a request that failed, in which the key of an invitation may be."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.request"):
            record.msg, record.args = str(record.msg).removesuffix(": %s"), ()
        return True


def without_quoted_rows(_: Any, __: str, event: EventDict) -> EventDict:
    if "exception" in event:
        event["exception"] = QUOTED_ROW.sub(r"\1 left out", event["exception"])
    return event


def _renderers(json: bool) -> list[Processor]:
    start = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if json:
        return [
            start,
            structlog.processors.format_exc_info,
            without_quoted_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [start, structlog.dev.ConsoleRenderer(colors=False)]
