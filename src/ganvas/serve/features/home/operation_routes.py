"""``/v1/ready`` and ``/metrics``: what programs that operate a studio read."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from ganvas.errors import UserError
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.errors import HTTPUserError
from ganvas.serve.core.roles import needs
from ganvas.serve.features.home.schemas import Readiness

router = APIRouter()
log = logging.getLogger("ganvas.studio")

METRICS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


@router.get("/v1/ready", tags=["studio"], operation_id="ready", openapi_extra=needs("anyone"))
async def ready(context: Context) -> Readiness:
    """Whether the studio can answer, for a proxy that chooses among several; 503 if not.

    A studio whose ``/v1/health`` answers runs; it is ready when what it depends on, such as a database, answers.
    """
    failed = await asyncio.to_thread(_failed_probe, context)
    if context.stopping or failed:
        raise HTTPUserError(503, UserError("The studio is not ready; try again in a moment.", code="not-ready"))
    return Readiness()


def _failed_probe(context: StudioContext) -> str | None:
    for name, probe in context.probes.items():
        try:
            probe()
        except Exception as error:  # noqa: BLE001 - of a driver or of the system
            log.warning("not ready: %s does not answer (%s)", name, error)
            return name
    return None


@router.get(
    "/metrics",
    tags=["studio"],
    operation_id="readMetrics",
    openapi_extra=needs("owner", monitoring=True),
    response_class=Response,
    responses=METRICS,
)
def read_metrics(context: Context) -> Response:
    """Metrics in Prometheus' form. Addresses that the operator named may read them without a token."""
    content, media_type = context.metrics.text(context.engine.usage)
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-store"})
