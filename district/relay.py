"""The relay reads what was committed and passes it on; `wake` asks it to do so soon."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

BROKER_TIMEOUT_SECONDS = 0.2


def wake(district_id: int) -> None:
    """Ask the relay to run for a district. A broker that is down costs nothing: beat asks again."""
    try:
        with current_app.connection_for_write(
            connect_timeout=BROKER_TIMEOUT_SECONDS,
            transport_options={
                "socket_connect_timeout": BROKER_TIMEOUT_SECONDS,
                "socket_timeout": BROKER_TIMEOUT_SECONDS,
                "max_retries": 0,
            },
        ) as connection:
            current_app.send_task(
                "district.relay_activities", [district_id], connection=connection, retry=False
            )
    except (OperationalError, OSError) as error:
        log.warning("relay not woken", district=district_id, error=str(error))
