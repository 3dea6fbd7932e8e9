"""Logs: one line per event, JSON where machines read them, plain text on a local terminal."""

from typing import Any

import structlog
from structlog.typing import Processor


def configuration(*, json: bool, level: str) -> dict[str, Any]:
    """The LOGGING dictionary; also points structlog's own loggers at it."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
                "foreign_pre_chain": shared,
                "processors": _renderers(json),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


def _renderers(json: bool) -> list[Processor]:
    start = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if json:
        return [
            start,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [start, structlog.dev.ConsoleRenderer(colors=False)]
