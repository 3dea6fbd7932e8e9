"""An organisation's file: names, certifications with reminders, contacts."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from district.actions import organizations as actions
from district.certification_messages import administrators, expiry_messages
from district.models import (
    Activity,
    Certification,
    File,
    FileAudience,
    Organization,
    OrganizationContact,
    OrganizationName,
    Role,
)
from district.rules import RuleViolation
from district.tasks import remind_certifications
from tests.district.test_people import PDF, USCC
from tests.factories import CertificationFactory, ContactFactory, MembershipFactory

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(tenant_admin):
    return tenant_admin.organization


def verbs(**about):
    return list(Activity.objects.filter(**about).order_by("id").values_list("verb", flat=True))


def test_renaming_keeps_what_it_was_called(company, tenant_admin):
    company = Organization.objects.get(pk=company.pk)
    before = company.name_en
    company.name_en = "Tidal Loom"

    actions.save_organization(company, by=tenant_admin)

    former = OrganizationName.objects.get(organization=company)
    assert (former.name_en, Organization.objects.get(pk=company.pk).name_en) == (
        before,
        "Tidal Loom",
    )


def test_other_changes_keep_no_name(company, tenant_admin):
    company.website = "https://example.org"

    actions.save_organization(company, by=tenant_admin)

    assert not OrganizationName.objects.exists()
    assert verbs(subject_id=company.pk) == ["organization.changed"]


def test_page_shows_former_and_other_names_and_finds_by_them(browser_of, operator, company):
    browser = browser_of(operator)
    browser.post(
        f"/organizations/{company.pk}/edit/",
        {
            "name_en": "Tidal Loom",
            "other_names": "TL\n潮织",
            "kind": "company",
            "country": "cn",
            "industry": "ai",
            "uscc": USCC.lower()[:9] + " " + USCC[9:],
        },
    )

    page = browser.get(f"/organizations/{company.pk}/").content.decode()

    assert company.name_en in page
    assert "潮织" in page
    assert USCC in page
    assert "Tidal Loom" in browser.get("/organizations/?q=潮织").content.decode()


def test_wrong_code_keeps_what_was_entered(browser_of, operator, company):
    response = browser_of(operator).post(
        f"/organizations/{company.pk}/edit/",
        {
            "name_en": "Tidal Loom",
            "kind": "company",
            "country": "CN",
            "industry": "ai",
            "uscc": USCC[:-1] + ("0" if USCC[-1] != "0" else "1"),
        },
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "This is not a valid unified social credit code" in page
    assert 'value="Tidal Loom"' in page


def test_certification_is_added_with_a_private_file(browser_of, tenant_admin, company):
    browser_of(tenant_admin).post(
        f"/organizations/{company.pk}/certifications/new/",
        {
            "kind": "high_tech",
            "number": "GR2026",
            "issued_on": "2026-01-05",
            "expires_on": "2029-01-05",
            "upload": SimpleUploadedFile("gr.pdf", PDF),
        },
    )

    certification = Certification.objects.get()
    assert (certification.organization, certification.number) == (company, "GR2026")
    file = File.objects.get()
    assert (file.audience, file.organization) == (FileAudience.ORGANIZATION, company)
    assert verbs(subject_id=certification.pk) == ["certification.added"]


def test_certificate_is_not_for_strangers(browser_of, tenant_admin, company, stranger):
    upload = SimpleUploadedFile("gr.pdf", PDF)
    actions.save_certification(
        Certification(organization=company, kind="high_tech"), upload=upload, by=tenant_admin
    )
    address = f"/files/{File.objects.get().pk}"

    mine = browser_of(tenant_admin).get(address)

    assert b"".join(mine.streaming_content) == PDF
    assert browser_of(stranger).get(address).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expires_on": "2025-01-01"}, "It must expire after it was issued."),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"upload": SimpleUploadedFile("gr.pdf", b"<html>")}, "Upload a PDF, JPEG or PNG file."),
    ],
)
def test_wrong_certification_is_refused_in_words(
    browser_of, tenant_admin, company, changes, message
):
    data = {"kind": "high_tech", "number": "GR2026", "issued_on": "2026-01-05", **changes}

    response = browser_of(tenant_admin).post(
        f"/organizations/{company.pk}/certifications/new/", data
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert 'value="GR2026"' in page
    assert not Certification.objects.exists()
    assert not File.objects.exists()


def test_ended_certification_is_not_changed_any_more(tenant_admin, company):
    certification = CertificationFactory(organization=company)

    actions.end_certification(certification, by=tenant_admin)

    assert Certification.objects.get().ended_at is not None
    with pytest.raises(RuleViolation) as refusal:
        actions.save_certification(certification, by=tenant_admin)
    assert refusal.value.code == "certification_ended"
    assert verbs(subject_id=certification.pk) == ["certification.ended"]


@pytest.mark.parametrize(
    ("days", "state"), [(None, "go"), (91, "go"), (90, "wait"), (0, "wait"), (-1, "stop")]
)
def test_state_of_a_certification_by_its_expiry(company, days, state):
    expires = None if days is None else timezone.localdate() + timedelta(days=days)

    assert CertificationFactory(organization=company, expires_on=expires).state[0] == state


def test_reminder_comes_once_for_each_expiry(company, operator, tenant_admin):
    with time_machine.travel(TODAY, tick=False):
        soon = CertificationFactory(organization=company, expires_on=TODAY + timedelta(days=90))
        CertificationFactory(organization=company, expires_on=TODAY + timedelta(days=91))
        CertificationFactory(organization=company, expires_on=TODAY - timedelta(days=1))
        CertificationFactory(
            organization=company, expires_on=TODAY + timedelta(days=9), ended_at=timezone.now()
        )

        counts = [actions.remind_of_certifications() for _ in range(2)]
        soon.expires_on = TODAY + timedelta(days=30)
        soon.reminded_for = Certification.objects.get(pk=soon.pk).reminded_for
        soon.save()
        counts.append(actions.remind_of_certifications())

    assert counts == [1, 0, 1]
    activities = list(Activity.objects.filter(verb="certification.expiring"))
    assert {activity.subject_id for activity in activities} == {soon.pk}
    told = administrators(activities)[activities[0].pk]
    assert told == {operator.person_id, tenant_admin.person_id}
    assert expiry_messages(activities)[activities[0].pk].url.endswith(
        f"/organizations/{company.pk}/#certifications"
    )


def test_task_reminds_in_every_district(company, district):
    CertificationFactory(organization=company, expires_on=timezone.localdate() + timedelta(days=5))

    remind_certifications()

    assert Activity.objects.filter(verb="certification.expiring").count() == 1


def test_workbench_and_list_show_what_expires_soon(browser_of, operator, company, stranger):
    CertificationFactory(organization=company, expires_on=timezone.localdate() + timedelta(days=9))
    later = stranger.organization
    CertificationFactory(organization=later, expires_on=timezone.localdate() + timedelta(days=99))
    browser = browser_of(operator)

    today = browser.get("/").content.decode()
    listed = browser.get("/organizations/?expiring=soon").content.decode()

    assert [company.name_en in page for page in (today, listed)] == [True, True]
    assert [later.name_en in page for page in (today, listed)] == [False, False]
    assert company.name_en not in browser_of(stranger).get("/").content.decode()


def test_contact_is_added_changed_and_removed(browser_of, tenant_admin, company):
    browser = browser_of(tenant_admin)

    browser.post(f"/organizations/{company.pk}/contacts/new/", {"name": "Li", "mobile": "1390000"})
    contact = OrganizationContact.objects.get()
    browser.post(f"/contacts/{contact.pk}/", {"name": "Li Na", "email": "li@example.org"})
    assert OrganizationContact.objects.get().name == "Li Na"
    browser.post(f"/contacts/{contact.pk}/remove/")

    assert not OrganizationContact.objects.exists()
    assert verbs(subject_id=contact.pk) == ["contact.added", "contact.changed", "contact.removed"]


def test_contact_needs_a_way_to_be_reached(browser_of, tenant_admin, company):
    response = browser_of(tenant_admin).post(
        f"/organizations/{company.pk}/contacts/new/", {"name": "Li"}
    )

    assert response.status_code == 422
    assert "Give a mobile number or an e-mail address." in response.content.decode()


def test_file_of_another_organization_is_not_there(browser_of, stranger, company):
    certification, contact = (
        CertificationFactory(organization=company),
        ContactFactory(organization=company),
    )
    paths = [
        f"/organizations/{company.pk}/certifications/new/",
        f"/certifications/{certification.pk}/",
        f"/contacts/{contact.pk}/",
    ]
    own = MembershipFactory(organization=company, role=Role.COMPANY_ADMIN)

    assert [browser_of(own).get(path).status_code for path in paths] == [200, 200, 200]
    assert [browser_of(stranger).get(path).status_code for path in paths] == [404, 404, 404]


def test_members_see_the_file_but_change_nothing(browser_of, tenant_member):
    company = tenant_member.organization
    certification = CertificationFactory(organization=company, number="GR77")
    browser = browser_of(tenant_member)

    assert "GR77" in browser.get(f"/organizations/{company.pk}/").content.decode()
    assert browser.get(f"/certifications/{certification.pk}/").status_code == 403
    assert browser.post(f"/certifications/{certification.pk}/end/").status_code == 403
    assert Certification.objects.get().ended_at is None


def test_page_takes_the_same_queries_whatever_is_in_the_file(
    browser_of, operator, company, django_assert_num_queries, django_assert_max_num_queries
):
    browser = browser_of(operator)
    address = f"/organizations/{company.pk}/"

    def fill(count):
        for _ in range(count):
            CertificationFactory(organization=company)
            ContactFactory(organization=company)
            MembershipFactory(organization=company)

    fill(1)
    browser.get(address)
    with django_assert_max_num_queries(20) as few:
        browser.get(address)
    fill(20)
    with django_assert_num_queries(len(few)):
        browser.get(address)
