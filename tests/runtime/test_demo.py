"""The demo as people treat it: started, started twice, interrupted, killed, and started again."""

import os
import pwd
import signal
import socket
import tempfile
from pathlib import Path

import pytest

from district.runtime.folders import TEMPORARY
from tests.runtime.conftest import Checkout, Started, answers, command_of, is_alive, wait_for

MEMBERS = ("granian", "celery", "postgres", "redis-server")

pytestmark = pytest.mark.xdist_group("demo")  # one copy of the project, one demo at a time


@pytest.fixture
def demo(checkout: Checkout) -> Started:
    """A demo that answers; the one of the test before is used if it still does."""
    for started in checkout.started:
        if started.process.poll() is None:
            return started
    started = checkout.start()
    started.wait_until_ready()
    return started


def test_the_demo_answers_and_shows_its_log_ins(demo):
    assert answers(demo.address)
    assert "owen@demo.example" in demo.printed
    for word in MEMBERS:
        assert len(demo.members(word)) == 1


def test_a_second_demo_in_the_folder_is_refused(checkout, demo):
    second = checkout.run()

    assert second.process.returncode == 1
    assert second.printed == "CommandError: The demo is already running from this folder.\n"
    assert answers(demo.address)


def test_a_port_that_is_taken_is_named(checkout, demo):
    demo.process.send_signal(signal.SIGINT)
    demo.process.wait(60)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        refused = checkout.run("--port", str(port))

    assert refused.process.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in refused.printed
    assert "choose another with --port" in refused.printed


@pytest.mark.parametrize("word", MEMBERS)
def test_a_member_that_is_killed_is_started_again(demo, word):
    (killed,) = demo.members(word)
    family = [killed, *killed.children(recursive=True)]

    killed.kill()

    wait_for(lambda: [p for p in demo.members(word) if p not in family])
    wait_for(lambda: answers(demo.address) and not any(map(is_alive, family)))


def test_the_process_that_serves_is_started_again(demo):
    (web,) = demo.members("granian")
    (serving,) = [p for p in web.children() if "tether.py" not in command_of(p)]

    serving.kill()

    wait_for(lambda: not is_alive(serving) and answers(demo.address))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_everything_in_good_order(demo, number):
    assert len(demo.family()) >= 6

    demo.process.send_signal(number)

    assert demo.process.wait(60) == 0
    wait_for(lambda: not demo.left())
    assert "stopping" in demo.printed


def test_a_kill_leaves_nothing_and_the_next_start_recovers(checkout, demo):
    assert len(demo.family()) >= 6

    demo.process.kill()
    demo.process.wait()

    wait_for(lambda: not demo.left())
    again = checkout.start()
    again.wait_until_ready()
    assert answers(again.address)


def test_the_demo_runs_as_an_unprivileged_account():
    """For root as another one, which cannot go where root can; else as we are."""
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="district-checkout-", dir=TEMPORARY))
    checkout = Checkout(folder, nobody.pw_uid if nobody else None)
    try:
        if nobody:
            os.chown(checkout.path, nobody.pw_uid, nobody.pw_gid)
        started = checkout.start()
        started.wait_until_ready()
        runs_as = {process.uids().real for process in started.family()}
        assert runs_as == {nobody.pw_uid if nobody else os.geteuid()}
        assert 0 not in runs_as
    finally:
        checkout.remove()
