"""Mail of the demo, shown as harmlessly as a mail program would."""

from django.core.mail import EmailMultiAlternatives
from django.test import Client

from district.accounts.mail import KeptMail
from district.accounts.models import KeptMessage


def a_kept_mail() -> KeptMessage:
    mail = EmailMultiAlternatives("Hello", "in words", to=["ada@example.org"])
    mail.attach_alternative("<h1>in HTML</h1>", "text/html")
    KeptMail().send_messages([mail])
    return KeptMessage.objects.get()


def test_both_forms_of_a_mail_are_kept(db):
    kept = a_kept_mail()

    assert (kept.subject, kept.body, kept.html) == ("Hello", "in words", "<h1>in HTML</h1>")


def test_html_is_served_into_a_sandbox(db, settings):
    settings.DISTRICT_DEMO = True
    kept = a_kept_mail()

    answer = Client(SERVER_NAME="localhost").get(f"/accounts/demo/messages/{kept.pk}/")

    assert answer.content == b"<h1>in HTML</h1>"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"].split("; ") == [
        "sandbox allow-popups",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
    ]


def test_nothing_is_kept_to_read_outside_of_the_demo(db, settings):
    settings.DISTRICT_DEMO = False
    kept = a_kept_mail()
    client = Client(SERVER_NAME="localhost")

    assert client.get(f"/accounts/demo/messages/{kept.pk}/").status_code == 404
    assert client.get("/accounts/demo/messages/").status_code == 404
