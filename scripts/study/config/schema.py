"""The JSON schema of the configuration, for editors and readers."""

import json

from study.config.study import Study


def json_schema() -> str:
    """Return the schema as text, sorted and indented; an overlay may leave out any top-level key."""
    schema = Study.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
