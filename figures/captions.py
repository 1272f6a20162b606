"""Captions: reStructuredText templates that take their numbers from the config."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from docutils.core import publish_parts
from docutils.utils import SystemMessage
from jinja2 import Environment, StrictUndefined, TemplateError

DOCUTILS = {
    "halt_level": 2,
    "report_level": 5,
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "initial_header_level": 2,
    "doctitle_xform": False,
}


def render_caption(
    rst_path: str | Path,
    *,
    config: Mapping,
    wildcards: Mapping | None = None,
    params: Mapping | None = None,
) -> str:
    """Render a caption template to html.

    The template sees what Snakemake's own report shows it: `snakemake.config`, `.wildcards` and `.params`.
    Raises ValueError, with the path, for a name that is not there and for faulty reStructuredText.
    """
    text = Path(rst_path).read_text(encoding="utf-8")
    context = SimpleNamespace(
        config=config, wildcards=dict(wildcards or {}), params=dict(params or {})
    )
    try:
        source = Environment(undefined=StrictUndefined).from_string(text).render(snakemake=context)
        return publish_parts(source, writer="html", settings_overrides=DOCUTILS)["body"]
    except (TemplateError, SystemMessage) as error:
        raise ValueError(
            f"{rst_path}: caption cannot be rendered ({error}); mend the template or the config"
        ) from error
