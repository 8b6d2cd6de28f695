"""What platforms document of the files that they read, as JSON Schemas of our own, which refuse every other key."""

from __future__ import annotations

from typing import Any

RESULTS_BYTES = 1_000_000
"""What PrairieLearn takes of results.json; Gradescope names no limit."""

_VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
_NUMBER = {"type": "number", "minimum": 0}


def _closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


# gradescope-autograders.readthedocs.io/en/latest/specs: a score is needed, of the whole or of each test.
GRADESCOPE: dict[str, Any] = _closed(
    ["score"],
    score=_NUMBER,
    execution_time=_NUMBER,
    output={"type": "string"},
    output_format=_FORMAT,
    test_output_format=_FORMAT,
    test_name_format=_FORMAT,
    visibility=_VISIBILITY,
    stdout_visibility=_VISIBILITY,
    extra_data={"type": "object"},
    tests={
        "type": "array",
        "items": _closed(
            ["score"],
            score=_NUMBER,
            max_score=_NUMBER,
            status={"enum": ["passed", "failed"]},
            name={"type": "string"},
            name_format=_FORMAT,
            number={"type": "string"},
            output={"type": "string"},
            output_format=_FORMAT,
            tags={"type": "array", "items": {"type": "string"}},
            visibility=_VISIBILITY,
            extra_data={"type": "object"},
        ),
    },
)

_IMAGES = {"type": "array", "items": _closed(["url"], url={"type": "string"}, label={"type": "string"})}

# docs.prairielearn.com/externalGrading: a score from 0 to 1, unless the work is not gradable.
PRAIRIELEARN: dict[str, Any] = _closed(
    [],
    gradable={"type": "boolean"},
    score={"type": "number", "minimum": 0, "maximum": 1},
    format_errors={"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    message={"type": "string"},
    output={"type": "string"},
    images=_IMAGES,
    tests={
        "type": "array",
        "items": _closed(
            ["name", "points", "max_points"],
            name={"type": "string"},
            description={"type": "string"},
            points=_NUMBER,
            max_points=_NUMBER,
            message={"type": "string"},
            output={"type": "string"},
            images=_IMAGES,
        ),
    },
) | {"if": {"properties": {"gradable": {"const": True}}}, "then": {"required": ["score"]}}

# The same documentation, and that of questions: what info.json may and must say.
PRAIRIELEARN_INFO: dict[str, Any] = _closed(
    ["uuid", "type", "title", "topic"],
    uuid={"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    type={"const": "v3"},
    title={"type": "string", "minLength": 1},
    topic={"type": "string", "minLength": 1},
    tags={"type": "array", "items": {"type": "string"}},
    gradingMethod={"enum": ["Internal", "External", "Manual"]},
    singleVariant={"type": "boolean"},
    partialCredit={"type": "boolean"},
    externalGradingOptions=_closed(
        ["image", "entrypoint"],
        enabled={"type": "boolean"},
        image={"type": "string", "minLength": 1},
        entrypoint={"type": "string", "pattern": "^/"},
        serverFilesCourse={"type": "array", "items": {"type": "string"}},
        timeout={"type": "integer", "minimum": 1, "maximum": 600},
        enableNetworking={"type": "boolean"},
        environment={"type": "object"},
    ),
)
