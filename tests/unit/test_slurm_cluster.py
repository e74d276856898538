from pathlib import Path

import pytest

from slurm import cluster

OF_ITS_OWN = "this machine has a SLURM of its own"


@pytest.fixture(autouse=True)
def as_root_without_slurm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster, "SETTINGS", tmp_path)
    monkeypatch.setattr(cluster, "is_running", lambda _: False)
    monkeypatch.setattr(cluster, "is_installed", lambda: True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.delenv("SLURM_CONF", raising=False)


def test_a_cluster_is_started_by_root_with_leave_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster.reason_to_skip(may_install=True) is None
    assert "CI=1 or --install allows that" in (cluster.reason_to_skip(may_install=False) or "")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert cluster.reason_to_skip(may_install=True) == "only root can start a SLURM"


def test_a_slurm_that_is_configured_is_left_alone_and_a_killed_run_s_remains_are_not(tmp_path: Path) -> None:
    settings = tmp_path / "slurm.conf"
    settings.write_text("ClusterName=real\n", encoding="utf-8")
    assert cluster.reason_to_skip(may_install=True) == OF_ITS_OWN
    settings.write_text(f"{cluster.MARK}ClusterName=test\n", encoding="utf-8")
    assert cluster.reason_to_skip(may_install=True) is None


def test_a_slurm_that_is_configured_elsewhere_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_CONF", "/opt/slurm/slurm.conf")
    assert cluster.reason_to_skip(may_install=True) == OF_ITS_OWN


def test_a_slurm_that_runs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "is_running", lambda name: name == "slurmd")
    assert cluster.reason_to_skip(may_install=True) == OF_ITS_OWN


def test_a_login_node_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "is_installed", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert cluster.reason_to_skip(may_install=True) == OF_ITS_OWN
