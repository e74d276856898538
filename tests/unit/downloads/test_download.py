import hashlib
import shutil
import ssl
import subprocess

import pytest

from study.data.downloads import download, make_download
from study.errors import StudyError
from study.store.artefacts import open_artefact
from support.downloading import EXPECTED, IMPATIENT, QUICK, all_files, job, made, refusal
from support.file_server import CONTENT, PAGE


def test_a_good_file_becomes_a_complete_artefact(server, tmp_path):
    make_download(tmp_path, job(), [f"{server.address}/good"], None, QUICK)
    artefact = open_artefact(tmp_path, job().ref)
    assert artefact.file("data.bin").read_bytes() == CONTENT
    assert sorted(path.name for path in all_files(tmp_path)) == ["data.bin", "sidecar.json"]


def test_md5_and_an_unknown_size_do_too(server, tmp_path):
    md5 = job(checksum="md5:" + hashlib.md5(CONTENT).hexdigest(), size=None)
    make_download(tmp_path, md5, [f"{server.address}/good"], None, QUICK)
    assert open_artefact(tmp_path, md5.ref).file("data.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "fault", "attempts"),
    [
        ("/cut", "received 130 of 170 bytes", 2),
        ("/short", "received 130 of 170 bytes", 1),
        ("/busy", "HTTP 503", 2),
        ("/absent", "HTTP 404", 1),
        ("/page", f"an HTML page of {len(PAGE)} bytes, not the file", 1),
        ("/other", f"received 170 bytes with sha256:{hashlib.sha256(CONTENT[::-1]).hexdigest()}", 1),
        ("/stalled", "no answer within 0.3 seconds", 2),
    ],
)
def test_faults_are_told_and_leave_no_file(server, tmp_path, path, fault, attempts):
    patience = IMPATIENT if path == "/stalled" else QUICK
    message = refusal(tmp_path / "results" / "store", [server.address + path], patience=patience)
    assert f"{server.address}{path}: {fault}; " in message
    assert f"expected 170 bytes with {EXPECTED.checksum}" in message
    assert "to place it by hand, download it elsewhere and set 'file'" in message
    assert "\n" not in message
    assert server.requests[path] == attempts


def test_a_refused_connection_is_told(refused, tmp_path):
    assert f"{refused}: no transfer (Connection refused)" in refusal(tmp_path / "results" / "store", [refused])


def test_without_an_address_the_way_by_hand_is_told(tmp_path):
    assert "no address is given; to place it by hand" in refusal(tmp_path / "results" / "store")


def test_a_page_is_known_as_one_where_the_size_is_not(server, tmp_path):
    assert "an HTML page" in refusal(tmp_path / "results" / "store", [f"{server.address}/page"], size=None)


def test_the_next_address_is_tried(server, refused, tmp_path):
    urls = [refused, f"{server.address}/page", f"{server.address}/good", f"{server.address}/other"]
    make_download(tmp_path, job(), urls, None, QUICK)
    assert open_artefact(tmp_path, job().ref).file("data.bin").read_bytes() == CONTENT
    assert server.requests == {"/page": 1, "/good": 1}


def test_a_transfer_that_is_cut_once_is_repeated_from_the_start(server, tmp_path):
    download(EXPECTED, [f"{server.address}/cut-once"], tmp_path / "data.bin", QUICK)
    assert (tmp_path / "data.bin").read_bytes() == CONTENT


def test_a_certificate_that_nobody_signed_is_refused(server, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = server.address.replace("http:", "https:") + "/good"
    assert f"{url}: the server's certificate is not trusted (" in refusal(tmp_path / "store", [url])
    assert not server.requests


def test_a_local_file_is_used_instead_of_the_network(server, tmp_path):
    (tmp_path / "copy").write_bytes(CONTENT)
    make_download(tmp_path / "store", job(), [f"{server.address}/good"], tmp_path / "copy", QUICK)
    assert open_artefact(tmp_path / "store", job().ref).file("data.bin").read_bytes() == CONTENT
    assert not server.requests


def test_a_wrong_or_cut_local_file_is_refused(tmp_path):
    copy = tmp_path / "copy"
    copy.write_bytes(CONTENT[::-1])
    assert f"{copy}: is not data.bin: expected 170 bytes" in refusal(tmp_path / "store", local=copy)
    copy.write_bytes(CONTENT[:75])
    assert "received 75 of 170 bytes" in refusal(tmp_path / "store", local=copy)
    copy.write_bytes(b"")
    assert "received 0 of 170 bytes" in refusal(tmp_path / "store", local=copy)


def test_a_missing_local_file_is_named(tmp_path):
    message = refusal(tmp_path / "store", local=tmp_path / "absent")
    assert f"{tmp_path / 'absent'}: cannot be copied (No such file or directory); 'file' must name" in message


def test_a_failed_download_leaves_an_older_artefact_as_it_is(server, tmp_path):
    make_download(tmp_path, job(), [f"{server.address}/good"], None, QUICK)
    with pytest.raises(StudyError):
        make_download(tmp_path, job(), [f"{server.address}/cut"], None, QUICK)
    assert open_artefact(tmp_path, job().ref).file("data.bin").read_bytes() == CONTENT


def test_a_store_that_cannot_be_written_is_named(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match=r"data.bin cannot be written there \(Not a directory\)"):
        make_download(tmp_path / "file" / "store", job(), [f"{server.address}/good"], None, QUICK)
    assert not server.requests


def test_results_over_two_file_systems_are_no_obstacle(server, store, monkeypatch):
    def crosses(source, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("shutil.os.rename", crosses)
    make_download(store, job(), [f"{server.address}/good"], None, QUICK)
    assert made(store) == CONTENT
