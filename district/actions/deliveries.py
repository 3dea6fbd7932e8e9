"""What an operator does about messages that did not leave."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from district.activity import record
from district.actors import Actor
from district.models import Delivery, DeliveryStatus


@transaction.atomic
def retry_delivery(delivery_id: UUID, *, by: Actor) -> Delivery:
    """Put a failed message back into the queue, with all its attempts before it again.

    Raises RuleViolation("status_not_allowed").
    """
    delivery = Delivery.objects.locked().get(pk=delivery_id)
    delivery.move_to(DeliveryStatus.QUEUED)
    delivery.attempt_count = 0
    delivery.due_at = timezone.now()
    delivery.save(update_fields=["status", "attempt_count", "due_at"])
    record("delivery.retried", subject=delivery, by=by)
    return delivery
