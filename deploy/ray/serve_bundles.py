"""Serves bundles with Ray Serve: one deployment per bundle, each with batches and replicas of its own.

    python deploy/ray/serve_bundles.py bundles/                      on this machine, or a cluster by RAY_ADDRESS
    curl -o face.png 'localhost:8000/portraits-64?seed=7'
    curl -o drawing.png -H 'Content-Type: image/jpeg' --data-binary @photo.jpg localhost:8000/pencil-256

Replicas are added while requests wait, up to ``--replicas``. Requests that generate are answered in batches, for a
picture depends on its seed alone. This has neither the studio's pages nor its access: it belongs behind a program of
yours.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import signal
import sys
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from ray import serve
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

import ganvas
from ganvas.bundle import MANIFEST
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.errors import UserError

BATCH_SIZE = 16  # pictures in one call of a model
BATCH_SECONDS = 0.01  # time that the first request waits for others
MAX_BYTES = 20_000_000  # of an uploaded picture


@serve.deployment(ray_actor_options={"num_cpus": 1})
class BundleServer:
    """A bundle in one process.

    Args:
        path: The folder of the bundle.
    """

    def __init__(self, path: str) -> None:
        torch.set_num_threads(1)
        self._model = ganvas.load(path)

    async def __call__(self, request: Request) -> Response:
        """``GET /NAME?seed=7`` generates, ``POST /NAME`` with a picture translates; the answer is a PNG."""
        try:
            if request.method == "GET":
                return Response(await self._generate(_seed(request)), media_type="image/png")
            content = await request.body()
            if len(content) > MAX_BYTES:
                return PlainTextResponse(f"A picture has at most {MAX_BYTES // 10**6} MB.", 413)
            return Response(await asyncio.to_thread(self._translate, content), media_type="image/png")
        except (UserError, PictureError) as error:
            return PlainTextResponse(str(error), 422)

    @serve.batch(max_batch_size=BATCH_SIZE, batch_wait_timeout_s=BATCH_SECONDS)
    async def _generate(self, seeds: list[int]) -> list[bytes]:
        pictures = await asyncio.to_thread(self._model.generate, seeds)
        return [_png(picture) for picture in pictures]

    def _translate(self, content: bytes) -> bytes:
        return _png(self._model.translate(open_image(content)))


def _seed(request: Request) -> int:
    text = request.query_params.get("seed", "0")
    if not text.isdecimal():
        raise UserError("A seed is a whole number, 0 or more; give another seed.")
    return int(text)


def _png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def start(bundles: Path, replicas: int = 4) -> list[str]:
    """Deploy every bundle of a folder; returns their names.

    Args:
        bundles: Folder of bundle folders, at the same path on every machine.
        replicas: Processes of one bundle at most.
    """
    scaling: dict[str, Any] = {"min_replicas": 1, "max_replicas": replicas, "target_ongoing_requests": BATCH_SIZE // 2}
    names = sorted(path.parent.name for path in bundles.glob(f"*/{MANIFEST}"))
    for name in names:
        deployment = BundleServer.options(name=name, autoscaling_config=scaling)
        serve.run(deployment.bind(str((bundles / name).absolute())), name=name, route_prefix=f"/{name}")
    return names


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", type=Path)
    parser.add_argument("--replicas", type=int, default=4)
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    serve.start(http_options={"port": options.port})
    names = start(options.bundles, options.replicas)
    if not names:
        print(f"{options.bundles} holds no bundles; `ganvas starters copy` puts some there.", file=sys.stderr)
        return 2
    print("\n".join(f"http://127.0.0.1:{options.port}/{name}" for name in names), flush=True)
    signal.sigwait([signal.SIGINT, signal.SIGTERM])
    serve.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
