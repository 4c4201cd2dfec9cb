"""Checks a value against a JSON Schema, as far as `manifest.schema.json` goes: tests of the build run without any package.

A keyword that is not known here is an error, so that nothing in the schema is passed over.
"""

import re
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
_NOTED = {"$schema", "title", "$defs", "properties"}


def violations(value: Any, schema: dict, root: dict | None = None, at: str = "") -> list[str]:
    """What is wrong with `value`, a line each; nothing when it is valid."""
    root = root or schema
    if "$ref" in schema:
        return violations(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    found = []
    for keyword, wanted in schema.items():
        found += [f"{at or '/'}: {why}" for why in _violation(value, keyword, wanted, schema)]
        if keyword == "oneOf" and sum(not violations(value, each, root) for each in wanted) != 1:
            found.append(f"{at or '/'}: not exactly one of the alternatives fits")
    for name, part in value.items() if isinstance(value, dict) else ():
        below = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        if below:
            found += violations(part, below, root, f"{at}/{name}")
        if "propertyNames" in schema:
            found += violations(name, schema["propertyNames"], root, f"{at}/{name}")
    for number, part in enumerate(value if isinstance(value, list) else ()):
        found += violations(part, schema.get("items", {}), root, f"{at}/{number}")
    return found


def _violation(value: Any, keyword: str, wanted: Any, schema: dict) -> list[str]:
    number = isinstance(value, int) and not isinstance(value, bool)
    broken = {
        "type": lambda: not isinstance(value, _TYPES[wanted]) or (wanted == "integer" and not number),
        "const": lambda: value != wanted,
        "enum": lambda: value not in wanted,
        "required": lambda: isinstance(value, dict) and any(name not in value for name in wanted),
        "pattern": lambda: isinstance(value, str) and not re.search(wanted, value),
        "minimum": lambda: number and value < wanted,
        "minItems": lambda: isinstance(value, list) and len(value) < wanted,
        "multipleOf": lambda: number and value % wanted != 0,
        "additionalProperties": lambda: False,  # these four are followed by `violations`
        "propertyNames": lambda: False,
        "items": lambda: False,
        "oneOf": lambda: False,
    }
    if keyword in _NOTED:
        return []
    if keyword not in broken:
        return [f"the schema's keyword {keyword} is not known here"]
    return [f"{keyword} {wanted} does not hold of {value!r:.60}"] if broken[keyword]() else []
