"""Parts of the configuration that may be in files of their own."""

from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

IN_FILES = ("claims", "cohort")
"""Keys of the configuration that may be given as the name of a file, relative to the folder of the Snakefile."""


class InFile:
    """Makes the JSON schema accept the name of a file in place of its content."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(core_schema), {"type": "string"}]}
