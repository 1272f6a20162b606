"""How the settings of each stage say, once, what a key of config.yaml may hold: type, range, unit, meaning.

A section or block is a class with the decorator `settings`; a key is a field of it:
`num_clips: Annotated[int, key("clips per mouse", "clips", ge=1, le=1000)]`. Nothing has a default: config.yaml
has every value. Made in code, such a class checks what spans its keys; ranges are checked where a config is read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, dataclass_transform

from pydantic import ConfigDict, Field
from pydantic_core import PydanticCustomError, core_schema


@dataclass_transform(frozen_default=True)
def settings(cls: type) -> type:
    """A frozen dataclass that refuses unknown keys when it is read from a config."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)
    return dataclass(frozen=True)(cls)


def key(description: str, unit: str = "", **bounds: Any) -> Any:
    """A number, a text or a yes or no: nothing is converted to fit."""
    return Field(description=description, strict=True, json_schema_extra=_extra(unit), **bounds)


def choice(description: str) -> Any:
    """One of the values of a Literal."""
    return Field(description=description)


def listed(description: str, unit: str = "", **bounds: Any) -> Any:
    """A list, whose items have ranges of their own."""
    return Field(description=description, json_schema_extra=_extra(unit), **bounds)


def item(**bounds: Any) -> Any:
    """The range of a list's items."""
    return Field(strict=True, **bounds)


def block(description: str, **bounds: Any) -> Any:
    """Keys below a key."""
    return Field(description=description, **bounds)


@dataclass(frozen=True)
class Checked:
    """A check that the library has not, with what the JSON schema says of it."""

    passes: Callable[[Any], bool]
    code: str
    told: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return handler(schema) | self.told

    def _check(self, value: Any) -> Any:
        if not self.passes(value):
            raise PydanticCustomError(self.code, "refused")
        return value


def matching(pattern: str) -> Checked:
    """A text of this form."""
    told = {"pattern": f"^{pattern}$"}
    return Checked(lambda text: bool(re.fullmatch(pattern, text)), "form", told)


unique = Checked(lambda values: len(set(values)) == len(values), "twice", {"uniqueItems": True})
"""no item of a list is there twice"""


def _extra(unit: str) -> dict[str, Any] | None:
    return {"unit": unit} if unit else None
