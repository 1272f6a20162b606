"""Variants change what they name, share what is equal, and are refused where they make no sense."""

from pathlib import Path

import pytest
import yaml

from reconstruct.variants import (
    STANDARD,
    has_errors,
    lay_over,
    maker_of,
    populations,
    variant_config,
    variant_problems,
    with_own_lines,
    with_own_movies,
)

CONFIG = yaml.safe_load((Path(__file__).resolve().parents[3] / "config.yaml").read_text())


def running(*names: str, **changes) -> dict:
    """The config with these variants, and some of its own."""
    known = CONFIG["variants"]["changes"] | changes
    return CONFIG | {"variants": {"run": list(names), "changes": known}}


def test_blocks_are_laid_over_key_by_key():
    base = {"a": {"b": 1, "c": {"d": 2, "e": 3}}, "f": [4]}
    overlay = {"a": {"c": {"d": 5}}, "f": [6, 7]}
    assert lay_over(base, overlay) == {"a": {"b": 1, "c": {"d": 5, "e": 3}}, "f": [6, 7]}
    assert base["a"]["c"]["d"] == 2


@pytest.mark.parametrize("name", CONFIG["variants"]["changes"])
def test_a_variant_changes_what_it_names_and_nothing_else(name):
    found = variant_config(running(name), name)
    changes = dict(CONFIG["variants"]["changes"][name])
    assert found["masks"]["update"] == changes.pop("update", CONFIG["masks"]["update"])
    assert found["reconstruct"] == lay_over(CONFIG["reconstruct"], changes)
    others = set(CONFIG) - {"masks", "reconstruct", "variants"}
    assert all(found[block] == CONFIG[block] for block in others)
    assert variant_config(running(name), STANDARD) == running(name)


def test_equal_movies_are_made_once():
    config = running("unsmoothed", "predicted", "again", again={"target": "predicted"})
    makers = {name: maker_of(config, name) for name in ("unsmoothed", "predicted", "again")}
    assert makers == {"unsmoothed": STANDARD, "predicted": "predicted", "again": "predicted"}


def test_a_mask_makes_other_movies_with_the_published_method_only():
    assert maker_of(running("strict"), "strict") == STANDARD
    paper = lay_over(running("strict"), {"reconstruct": {"method": "paper"}})
    assert maker_of(paper, "strict") == "strict"


def test_a_gradient_ensemble_has_movies_of_its_own():
    assert maker_of(running("gradients"), "gradients") == "gradients"


def test_populations_are_variants_of_the_number_of_neurons_alone():
    mixed = {"population": {"share": 0.5}, "target": "predicted"}
    names = ("population50", "population12", "silenced25", "predicted", "mixed")
    found = populations(running(*names, mixed=mixed))
    assert found == {"removed": ["population50", "population12"], "silenced": ["silenced25"]}
    assert populations(running()) == {}
    again = {
        "again": {"population": {"share": 0.5}},
        "drawn": {"population": {"share": 0.25, "seed": 3}},
    }
    found = populations(running("population50", "again", "drawn", **again))
    assert found == {"removed": ["population50"]}


def test_who_makes_movies_does_not_depend_on_what_else_is_run():
    same = {"smooth": {"target": "predicted", "smoothing": {"sigma_px": 2.0}}}
    runs = (["predicted", "smooth"], ["smooth", "predicted"], ["smooth"])
    assert {maker_of(running(*names, **same), "smooth") for names in runs} == {"predicted"}


def test_variants_with_movies_of_their_own():
    names = ("predicted", "unsmoothed", "maskless", "published", "again")
    again = {"again": {"method": "paper"}}
    # `map` has no update mask, and smoothing comes after the movies
    assert with_own_movies(running(*names, **again)) == ["standard", "predicted", "published"]


def test_too_many_lines_leave_those_of_another_method_or_mask():
    names = ("predicted", "published", "open", "population50")
    config = running(*names, open={"method": "paper", "update": "none"})
    assert with_own_lines(config, 5) == ["standard", *names]
    assert with_own_lines(config, 4) == ["standard", "published", "open"]
    assert with_own_lines(config, 2) == ["standard", "published"]


def test_problems():
    assert variant_problems(running("population50")) == []
    assert len(variant_problems(running("none", standard={"target": "predicted"}))) == 2
    (found,) = variant_problems(running(short={"max_frames": 60}))
    assert found.startswith("variants.changes.short.max_frames: a variant cannot change this")


@pytest.mark.parametrize(
    ("changes", "standard", "expected"),
    [
        ({"target": "predicted"}, "recorded", True),
        ({"target": "predicted"}, "predicted", False),
        ({"target": "recorded"}, "recorded", False),
    ],
)
def test_errors_need_predicted_beside_recorded_activity(changes, standard, expected):
    config = lay_over(
        running("predicted", predicted=changes), {"reconstruct": {"target": standard}}
    )
    assert has_errors(config) == expected


def test_errors_need_the_variant_to_be_run():
    assert not has_errors(running("unsmoothed"))
