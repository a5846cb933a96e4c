"""A small Hugging Face Hub on this machine: the endpoints that publishing and fetching a model repository use."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

TOKEN = "hf_test"


class Hub:
    """What the server holds: commits of repositories, the newest last, and the contents of large files."""

    def __init__(self) -> None:
        self.commits: dict[str, list[tuple[str, str, dict[str, bytes]]]] = {}  # repository → (id, title, files)
        self.private: dict[str, bool] = {}
        self.large: dict[str, bytes] = {}
        self.url = ""

    def files(self, repository: str, revision: str) -> tuple[str, dict[str, bytes]] | None:
        """The id of a revision and its files."""
        for commit, _, files in reversed(self.commits.get(repository, [])):
            if revision in ("main", commit):
                return commit, files
        return None

    def commit(self, repository: str, lines: list[dict[str, Any]]) -> str:
        """Apply the operations of a commit."""
        found = self.files(repository, "main")
        files, title = dict(found[1]) if found else {}, ""
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                title = value["summary"]
            elif line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.large[value["oid"]]
            elif line["key"] == "deletedFile":
                files.pop(value["path"])
        number = hashlib.sha1(f"{repository} {len(self.commits[repository])}".encode()).hexdigest()
        self.commits[repository].append((number, title, files))
        return number


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def _answer(self, content: Any, status: int = 200, **headers: str) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self._answer({"error": code}, status, X_Error_Code=code, X_Error_Message=code)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if found := re.fullmatch(r"/(\w+/[\w-]+)/resolve/(\w+)/(.+)", path):
            self._file(*found.groups())
            return
        found = re.fullmatch(r"/api/models/(\w+/[\w-]+)(?:/(revision|tree|commits)/(\w+))?", path)
        repository, what, revision = found.groups() if found else ("", "", "")
        at = self.hub.files(repository, revision or "main")
        if repository not in self.hub.commits:
            self._refuse(404, "RepoNotFound")
        elif at is None:
            self._refuse(404, "RevisionNotFound")
        elif what == "tree":
            listed = [
                {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                for name, content in at[1].items()
            ]
            self._answer(listed)
        elif what == "commits":
            self._answer(
                [
                    {"id": number, "title": title, "message": "", "date": "2026-01-01T00:00:00.000Z", "authors": []}
                    for number, title, _ in reversed(self.hub.commits[repository])
                ]
            )
        else:
            self._answer({"id": repository, "sha": at[0], "siblings": [], "tags": [], "private": False})

    def _file(self, repository: str, revision: str, name: str) -> None:
        at = self.hub.files(repository, revision)
        if repository not in self.hub.commits:
            self._refuse(404, "RepoNotFound")
        elif at is None:
            self._refuse(404, "RevisionNotFound")
        elif name not in at[1]:
            self._refuse(404, "EntryNotFound")
        else:
            content = at[1][name]
            self._answer(content, ETag=f'"{hashlib.sha256(content).hexdigest()}"', X_Repo_Commit=at[0])

    def do_PUT(self) -> None:
        content = self._body()
        oid = self.path.rpartition("/")[2]
        assert hashlib.sha256(content).hexdigest() == oid
        self.hub.large[oid] = content
        self._answer({})

    def do_POST(self) -> None:
        path, body = unquote(urlsplit(self.path).path), self._body()
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._refuse(401, "Unauthorized")
        elif path == "/api/validate-yaml":
            front = json.loads(body)["content"].split("---\n")[1]
            yaml.safe_load(front)
            self._answer({"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked.get('organization', 'team')}/{asked['name']}"
            exists = name in self.hub.commits
            if not exists:
                self.hub.commits[name] = [("0" * 40, "initial commit", {".gitattributes": b""})]
            self.hub.private.setdefault(name, bool(asked.get("private")) or asked.get("visibility") == "private")
            self._answer({"url": f"{self.hub.url}/{name}", "name": name}, 409 if exists else 200)
        elif found := re.fullmatch(r"/(\w+/[\w-]+)\.git/info/lfs/objects/batch", path):
            objects = [
                one | {"actions": {"upload": {"href": f"{self.hub.url}/large/{one['oid']}"}}}
                for one in json.loads(body)["objects"]
            ]
            self._answer({"transfer": "basic", "objects": objects})
        elif found := re.fullmatch(r"/api/models/(\w+/[\w-]+)/(preupload|commit)/main", path):
            repository, what = found.groups()
            if what == "preupload":
                files = [
                    {
                        "path": one["path"],
                        "uploadMode": "lfs" if one["path"].endswith(".safetensors") else "regular",
                        "shouldIgnore": False,
                    }
                    for one in json.loads(body)["files"]
                ]
                self._answer({"files": files})
            else:
                number = self.hub.commit(repository, [json.loads(line) for line in body.splitlines()])
                self._answer({"commitUrl": f"{self.hub.url}/{repository}/commit/{number}", "commitOid": number})
        else:
            self._refuse(404, "NotFound")


@contextmanager
def hub_server() -> Iterator[Hub]:
    """A running server."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hub
        server.shutdown()
