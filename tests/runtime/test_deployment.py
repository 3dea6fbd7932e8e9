"""The compose file and the image: who sees which address, and that every name in them exists."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from district.runtime.folders import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
README = (ROOT / "README.md").read_text()
OURS = {name for name, service in SERVICES.items() if service["image"] == "district"}
SERVING = {"web", "worker", "beat"}


def test_the_layout_is_complete():
    assert set(SERVICES) == {
        *SERVING,
        *("postgres", "redis", "provision", "migrate", "proxy"),
    }
    assert {*SERVING, "provision", "migrate"} == OURS


@pytest.mark.parametrize("name", sorted(SERVING))
def test_a_serving_process_sees_the_application_role_alone(name):
    environment = SERVICES[name]["environment"]

    assert environment["DATABASE_URL"].startswith("postgresql://district_app:")
    assert not re.search("OWNER|SUPERUSER|BACKUP|postgres:", str(environment))


def test_the_owner_migrates_and_the_superuser_only_provisions():
    assert "DATABASE_OWNER_URL" in SERVICES["migrate"]["environment"]
    assert [name for name in OURS if "SUPERUSER_URL" in SERVICES[name]["environment"]] == [
        "provision"
    ]


def test_nothing_serves_before_the_tables_are_there():
    for name in SERVING:
        after = SERVICES[name]["depends_on"]
        assert after["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {
        "provision": {"condition": "service_completed_successfully"}
    }


def test_only_the_proxy_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert "reverse_proxy web:8000" in COMPOSE["configs"]["caddyfile"]["content"]


def test_every_volume_is_declared_and_nothing_is_mounted_from_the_machine():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]


@pytest.mark.parametrize("name", ["provision", "migrate"])
def test_the_commands_exist(name):
    python, manage, command, *_ = SERVICES[name]["command"]

    assert (python, manage) == ("python", "manage.py")
    assert command in get_commands()


def test_images_are_pinned_to_a_major_version_and_name_no_host():
    named = [service["image"] for service in SERVICES.values() if service["image"] != "district"]
    named += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert len(named) == 6
    for image in named:
        assert re.fullmatch(r"[a-z]+:\d+(\.\d+)?(-slim)?", image)


def test_the_image_runs_as_nobody_special_from_locked_packages():
    last = DOCKERFILE.rpartition("\nFROM ")[2]

    assert "\nUSER district\n" in last
    assert "--require-hashes" in DOCKERFILE
    assert "npm ci" in DOCKERFILE


def test_the_image_copies_only_what_is_there():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in shlex.split(line)[:-1]
    ]

    assert {"manage.py", "district", "spaces", "requirements.lock"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_the_readme_names_every_variable():
    code = "".join(path.read_text() for path in Path(ROOT / "district").rglob("*.py"))
    read = set(re.findall(r'(?:env\.\w+|\brequired)\(\s*"([A-Z_]+)"', code))
    read |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))

    assert {"SECRET_KEY", "SUPERUSER_URL", "SITE_HOST"} <= read
    assert sorted(name for name in read if f"`{name}`" not in README) == []
