"""Real nginx and Caddy before a studio, with the configuration files of deploy/proxy and a certificate of their own."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CONFIGURATIONS = Path(__file__).parents[2] / "deploy" / "proxy"
NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/ganvas.conf;
}}
"""
PROXIES = ("nginx", "caddy")


def certificate(folder: Path) -> ssl.SSLContext:
    """Write fullchain.pem and privkey.pem for localhost; returns a context that trusts them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), False)
        .sign(key, hashes.SHA256())
    )
    chain = folder / "fullchain.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(secret)
    return ssl.create_default_context(cafile=str(chain))


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


@contextmanager
def proxy(kind: str, folder: Path, studios: tuple[str, str], root: str) -> Iterator[str]:
    """A proxy that was started with the configuration file of deploy/proxy as it is; yields its address.

    Args:
        kind: nginx or caddy; the test is skipped where it is not installed.
        folder: Where its files lie; :func:`certificate` was called for it.
        studios: Addresses of two studios, such as ``127.0.0.1:8300``.
        root: The path below which the studio lies.
    """
    program = shutil.which(kind) or shutil.which(kind, path="/usr/sbin")
    if program is None:
        pytest.skip(f"{kind} is not installed (apt-get install nginx-light caddy)")
    http, https = free_ports(2)
    variables = {
        "GANVAS_NAME": "localhost",
        "GANVAS_ROOT": root,
        "GANVAS_STUDIO_1": studios[0],
        "GANVAS_STUDIO_2": studios[1],
        "GANVAS_TLS_FOLDER": str(folder),
        "GANVAS_TLS": f"{folder}/fullchain.pem {folder}/privkey.pem",
        "GANVAS_HTTP_PORT": str(http),
        "GANVAS_HTTPS_PORT": str(https),
    }
    command = _nginx(program, folder, variables) if kind == "nginx" else _caddy(program)
    environment = {**os.environ, **variables, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = folder / f"{kind}.log"
    with log.open("wb") as output:
        running = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        _wait(running, https, log)
        yield f"https://localhost:{https}"
    finally:
        running.terminate()
        running.wait(20)


def _nginx(program: str, folder: Path, variables: Mapping[str, str]) -> list[str]:
    text = (CONFIGURATIONS / "nginx.conf").read_text()
    # What envsubst does in the image of nginx, with the variables that are set.
    (folder / "ganvas.conf").write_text(re.sub(r"\$\{(\w+)\}", lambda found: variables[found[1]], text))
    user = "user root;" if os.geteuid() == 0 else ""  # folders of tests belong to root alone
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    return [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]


def _caddy(program: str) -> list[str]:
    return [program, "run", "--config", str(CONFIGURATIONS / "Caddyfile"), "--adapter", "caddyfile"]


def _wait(running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a process listens on a port."""
    while running.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail(f"the proxy did not start: {log.read_text()}")
