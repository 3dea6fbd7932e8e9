"""Steps of a log-in. A person is reached by mobile or by e-mail: one proven contact is enough."""

from typing import Any

from allauth.account import stages
from allauth.account.models import EmailAddress
from django.http import HttpResponseBase

from district.accounts.models import User

Handled = tuple[HttpResponseBase | None, bool]


def has_proven_contact(user: User) -> bool:
    return (
        user.mobile_verified or EmailAddress.objects.filter(user_id=user.pk, verified=True).exists()
    )


class MobileStage(stages.PhoneVerificationStage):
    def handle(self) -> Handled:
        user: Any = self.login.user
        if user and (not user.mobile or has_proven_contact(user)):
            return None, True
        return super().handle()


class EmailStage(stages.EmailVerificationStage):
    def handle(self) -> Handled:
        user: Any = self.login.user
        return (None, True) if user and has_proven_contact(user) else super().handle()
