import socket
import subprocess
import sys

import pytest

from config import launch
from config.env import BASE_DIR


@pytest.fixture
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COPYLIFT_VAR", str(tmp_path))
    return tmp_path


@pytest.fixture
def a_child_of_this_checkout():
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; 'config'; time.sleep(60)"],
        cwd=BASE_DIR,
        start_new_session=True,
    )
    # For a moment after the start its command line is still empty.
    assert launch._wait_until(lambda: launch._is_ours(child.pid), 10)
    yield child
    child.kill()
    child.wait()


def test_a_taken_port_is_said_and_the_next_taken(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert launch.free_port(port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out


def test_what_an_earlier_run_left_is_ended(own_folder, a_child_of_this_checkout):
    launch._note("web").write_text(str(a_child_of_this_checkout.pid))
    assert launch._stop_noted("web")
    assert a_child_of_this_checkout.wait(timeout=5) != 0


def test_a_note_whose_process_is_gone_is_thrown_away(own_folder):
    launch._note("web").write_text("999999999")
    assert not launch._stop_noted("web")
    assert not launch._note("web").exists()


def test_a_process_that_is_not_ours_is_let_alone(own_folder):
    stranger = subprocess.Popen(["sleep", "60"], cwd="/")
    launch._note("web").write_text(str(stranger.pid))
    stopped = launch._stop_noted("web")
    is_alive = stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert (stopped, is_alive) == (False, True)


def test_gpu_work_has_a_worker_of_its_own():
    queues = {service.name: service.command for service in launch.workers()}
    assert "gpu" in queues["worker-gpu"]
    assert "gpu" not in queues["worker-default"]
