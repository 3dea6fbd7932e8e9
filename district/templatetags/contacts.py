from django import template

from district.accounts.contacts import is_mobile, shown_mobile

register = template.Library()


@register.filter
def contact(value: str) -> str:
    """An address as people read it: mobile numbers in groups."""
    return shown_mobile(value) if is_mobile(value) else value
