"""The OpenAPI document: paths, parameters, requests and answers, by name and type."""

from __future__ import annotations

from typing import Any

from golden.outside import studio
from golden.records import Records

# Names of schemas are left out as well: nobody who sends or reads JSON sees them.
WORDS = {"title", "description", "summary", "examples", "example"}


def test_the_document_is_as_recorded(records: Records) -> None:
    with studio(None, None) as client:
        document = client.get("/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    paths = {
        f"{method.upper()} {path}": _operation(operation, schemas)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    records.check("openapi", paths)


def _operation(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [_plain(parameter, schemas, ()) for parameter in operation.get("parameters", [])]
    return {
        "id": operation["operationId"],
        "parameters": sorted(parameters, key=lambda parameter: (parameter["in"], parameter["name"])),
        "request": _plain(operation.get("requestBody"), schemas, ()),
        "answers": {code: _plain(answer, schemas, ()) for code, answer in operation["responses"].items()},
    }


def _plain(value: Any, schemas: dict[str, Any], above: tuple[str, ...]) -> Any:
    """Without words, and with each schema in the place of its name."""
    if isinstance(value, list):
        return [_plain(item, schemas, above) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[-1]
        return "itself" if name in above else _plain(schemas[name], schemas, (*above, name))
    found = {}
    for key, item in value.items():
        if key == "properties":
            found[key] = {name: _plain(schema, schemas, above) for name, schema in item.items()}
        elif key not in WORDS:
            found[key] = _plain(item, schemas, above)
    return found
