"""The recipes of docs/architecture.md: what is added is found everywhere, and runs nothing that was there before."""

import yaml

REPORT = {"write_report": 1, "all": 1}
ROW = """    return [
        Row(
            "ranks",
            "ranks.make_ranks",
            {"scores": table("scores")},
            keys=("figures.num_example_clips",),
        ),
"""
FUNCTION = '''"""Correlations in the order of their size."""

from typing import Any

from figures.save import Made
from figures.style import house_style, new_figure
from recordings.csv_table import read_table


@house_style()
def make_ranks(files: Any, settings: Any, of: Any) -> Made:
    """The figure `ranks`."""
    table = read_table(files.scores).sort_values("video_correlation")
    figure = new_figure(8, 6)
    figure.subplots().plot(table["video_correlation"].to_numpy()[: -settings.num_example_clips])
    return figure, table
'''
TABLE = "workflow/plan/figure_table.py"


def add_figure(pipeline):
    """A row, a function, a caption."""
    path = pipeline.folder / TABLE
    text = path.read_text()
    start = text.index("def _scores")
    path.write_text(text[:start] + text[start:].replace("    return [\n", ROW, 1))
    (pipeline.folder / "figures/ranks.py").write_text(FUNCTION)
    (pipeline.folder / "workflow/report/ranks.rst").write_text("**Ranks.** By size.\n")


def test_a_figure_is_a_row_a_function_and_a_caption(finished):
    before = (finished.folder / TABLE).read_text()
    add_figure(finished)
    assert finished.plan() == {"draw_ranks": 1, **REPORT}
    finished.run("results/figures/ranks.png", "results/report.html").succeeded()
    made = [path.suffix for path in finished.files("results/figures/ranks.*")]
    assert sorted(made) == [".csv", ".png", ".svg"]
    assert "By size." in (finished.folder / "results/report.html").read_text()
    (finished.folder / TABLE).write_text(before)
    (finished.folder / "figures/ranks.py").unlink()
    assert finished.plan() == REPORT


ENCODER = (
    "from models.factorised import FactorisedEncoder\n\n\nclass Toy(FactorisedEncoder):\n    pass\n"
)


def add_encoder(pipeline):
    """A file, a row with settings, values."""
    (pipeline.folder / "models/toy.py").write_text(ENCODER)
    pipeline.edit(
        "models/registry.py",
        "ENCODERS = {\n",
        'from models.toy import Toy\n\nENCODERS = {\n    "toy": (Toy, FactorisedSettings),\n',
    )
    settings = "models/settings.py"
    pipeline.edit(
        settings,
        'Literal["factorised", "dwiseneuro"]',
        'Literal["factorised", "dwiseneuro", "toy"]',
    )
    for name, kind in (
        ("TrainingOfEncoders", "TrainingSettings"),
        ("ModelsSection", "FactorisedSettings"),
    ):
        text = (pipeline.folder / settings).read_text()
        head, body = text.split(f"class {name}:\n", 1)
        docstring, rest = body.split("\n\n", 1)
        field = f'    toy: Annotated[{kind}, block("of the toy")]\n'
        (pipeline.folder / settings).write_text(
            f"{head}class {name}:\n{docstring}\n\n{field}{rest}"
        )
    config = pipeline.folder / "config.yaml"
    values = yaml.safe_load(config.read_text())
    values["models"]["toy"] = values["models"]["factorised"]
    values["models"]["training"]["toy"] = values["models"]["training"]["factorised"]
    config.write_text(yaml.safe_dump(values, sort_keys=False))


def test_another_encoder_trains_and_reconstructs_nothing(finished):
    add_encoder(finished)
    assert finished.plan() == REPORT
    plan = finished.plan(overlay={"models": {"encoders": ["factorised", "toy"]}})
    assert plan["train_member"] == 2


def test_words_for_people_rerun_nothing(finished):
    """Messages of errors and logs; texts that the report prints renew the report."""
    path = finished.folder / "recordings/selection.py"
    text = path.read_text()
    assert "raise ValueError(" in text
    path.write_text(text.replace("raise ValueError(\n", "raise ValueError('worded anew', \n"))
    assert finished.plan() == {}
    wording = finished.folder / "recordings/wording.py"
    wording.write_text(wording.read_text().replace("return ", "return '' + ", 1))
    assert finished.plan() == REPORT


def test_code_of_the_descent_runs_reconstruction_and_what_follows(finished):
    path = finished.folder / "reconstruct/lbfgs.py"
    text = path.read_text()
    place = text.index("\ndef ")
    body = text.index(":\n", text.index(")", place)) + 2
    path.write_text(text[:body] + "    edited = 1\n" + text[body:])
    plan = finished.plan()
    assert plan["reconstruct_clips"] == 4
    assert {"train_member", "fit_alpha", "map_fields", "simulate_mouse"}.isdisjoint(plan)
