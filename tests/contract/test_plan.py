"""The plan of a run as pure functions of the config: which movies, masks, figures and tables there are, and who makes them."""

import copy
import re
from functools import reduce
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from workflow.overlays import settle, take_away_mice
from workflow.plan import plan_run
from workflow.validation import validate_config

ROOT = Path(__file__).resolve().parents[2]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())


def lay_over(base, overlay):
    """As Snakemake lays one config file over another."""
    if not isinstance(base, dict) or not isinstance(overlay, dict):
        return overlay
    return base | {key: lay_over(base.get(key), value) for key, value in overlay.items()}


def overlay_of(changes):
    """A nested overlay from dotted keys."""
    overlay = {}
    for dotted, value in changes.items():
        *parents, last = dotted.split(".")
        node = reduce(lambda node, key: node.setdefault(key, {}), parents, overlay)
        node[last] = value
    return overlay


def config_with(changes):
    config = lay_over(copy.deepcopy(CONFIG), overlay_of(changes))
    take_away_mice(config)
    return settle(validate_config(config))


def planned(**changes):
    return plan_run(config_with({key.replace("__", "."): value for key, value in changes.items()}))


def targets_like(plan, pattern):
    return [path for path in plan.targets() if re.fullmatch(f"results/{pattern}", path)]


ONE = {"A": "dynamic1", "B": None}
FOUR = {"A": "dynamic1", "B": "dynamic2", "C3": "dynamic3", "x": "dynamic4"}
KINDS = ["predicted", "gradients", "unsmoothed", "population50", "silenced50"]
COUNTS = {  # changes, mice, members, movies.h5 of members for the standard run, drawn clips
    "default": ({}, 2, 4, 8, 4),
    "one mouse": ({"recordings.mice": ONE}, 1, 4, 4, 2),
    "four mice": ({"recordings.mice": FOUR}, 4, 4, 16, 8),
    "seven members": ({"models.num_members": 7}, 2, 7, 14, 4),
    "one clip drawn": ({"figures.num_example_clips": 1}, 2, 4, 8, 2),
    "the paper's encoder": ({"models.encoders": ["dwiseneuro"]}, 2, 4, 8, 4),
    "both encoders": ({"models.encoders": ["factorised", "dwiseneuro"]}, 2, 8, 16, 4),
    "the published method": ({"reconstruct.method": "paper"}, 2, 4, 8, 4),
    "one movie of all members": ({"reconstruct.ensembling": "gradients"}, 2, 4, 2, 4),
    "variants": ({"variants.run": KINDS}, 2, 4, 8, 4),
}


@pytest.mark.parametrize(
    ("changes", "mice", "members", "movies", "drawn"), COUNTS.values(), ids=COUNTS.keys()
)
def test_a_run_promises(changes, mice, members, movies, drawn):
    plan = plan_run(config_with(changes))
    assert len(targets_like(plan, r"models/member-\w+/member\.pt")) == members
    assert len(targets_like(plan, r"reconstruct/standard/.*movies\.h5")) == movies
    assert len(targets_like(plan, r"reconstruct/standard/.*ensemble\.h5")) == mice
    assert len(targets_like(plan, r"masks/mouse-\w+_seed-1/alpha\.h5")) == mice
    assert len(targets_like(plan, r"figures/frames_mouse-\w+_clip-\d\.png")) == drawn
    assert len(targets_like(plan, r"evaluate/(ridge|true_neurons|noise_free)/.*")) == 3 * mice
    assert len(targets_like(plan, r"report\.html")) == 1
    assert len(plan.targets()) == len(set(plan.targets()))


def test_a_variant_with_equal_movies_takes_those_of_the_standard_run():
    plan = planned(variants__run=KINDS)
    makers = {
        name: plan.reconstruct.movies_of_members(SimpleNamespace(mouse="A", variant=name))
        for name in plan.reconstruct.variants
    }
    assert makers["unsmoothed"] == makers["standard"]
    assert len(makers["gradients"]) == 1
    assert "member-joint" in makers["gradients"][0]
    assert all("reconstruct/population50/" in path for path in makers["population50"])
    assert plan.evaluate.swept == [
        name for name in plan.reconstruct.variants if name != "unsmoothed"
    ]


def test_the_run_of_the_paper():
    """Five mice, seven members, eleven variants: 5 * (7 * 10 + 1) = 355 files of movies."""
    config = copy.deepcopy(CONFIG)
    for name in ("sensorium2023", "paper"):
        config = lay_over(config, yaml.safe_load((ROOT / f"configs/{name}.yaml").read_text()))
    plan = plan_run(settle(validate_config(config)))
    made = [path for path in plan.targets() if path.endswith("movies.h5")]
    of_clips = [path for path in made if re.match(r"results/reconstruct/(?!stimuli)", path)]
    assert len(of_clips) == 5 * (7 * (1 + 1 + 2 + 3 * 2) + 1)
    assert len([path for path in made if "/stimuli/" in path]) == 3 * 7 + 1 * 7
    assert len(targets_like(plan, r"reconstruct/\w+/mouse-\w+/ensemble\.h5")) == 5 * 12
    assert not plan.recordings.is_simulated
    assert not targets_like(plan, r"evaluate/(true_neurons|noise_free)/.*")


@pytest.mark.parametrize(("method", "reads_mask"), [("map", False), ("paper", True)])
def test_only_the_published_method_reads_a_mask(method, reads_mask):
    made = planned(reconstruct__method=method).reconstruct
    of = SimpleNamespace(mouse="A")
    assert bool(made.update_mask(of)) == reads_mask
    assert (made.threshold_of_movie(of) is not None) == reads_mask
    assert bool(made.spectrum_of_method(of)) != reads_mask


def test_masks_from_fields_fit_no_alpha():
    plan = planned(masks__kind="fields")
    assert plan.masks.alpha("A") == "results/masks/fields/mouse-A/coverage.h5"
    assert not targets_like(plan, r".*alpha\.h5")


def test_only_what_has_chance_in_it_has_the_seed_of_the_shuffling():
    plan, other = planned(), planned(evaluate__shuffle_seed=7)
    changed = set(plan.targets()) ^ set(other.targets())
    assert changed
    assert all("/shuffled_neurons/" in path for path in changed)


LOADED = {
    "recordings.selection.held_out": 'trial_type == "train"',
    "recordings.selection.held_out_folds": [0],
    "sources.archive.files": ["weights/model-a.pth", "weights/model-b.pth"],
    "models.load.readouts": ["90001-1-1", "90002-1-1"],
    "models.load.files": {"one": "model-a", "two": "model-b"},
}


@pytest.mark.parametrize(("source", "members"), [("load", 2), ("both", 6)])
def test_loaded_members_are_members(source, members):
    plan = plan_run(config_with({**LOADED, "models.source": source}))
    assert len(plan.models.members) == members
    of = SimpleNamespace(member="two")
    assert plan.models.checkpoint_of_member(of) == (
        "results/recordings/archive/weights/model-b.pth.json"
    )
    assert re.fullmatch(plan.models.loadable_pattern, "two")
    assert bool(re.fullmatch(plan.models.trainable_pattern, "factorised1")) == (source == "both")


def test_a_teacher_is_trained_first_and_learns_from_none():
    plan = plan_run(config_with({"models.training.factorised.distillation_share": 0.36}))
    member, teacher = (
        SimpleNamespace(member="factorised1"),
        SimpleNamespace(member="factorised1teacher"),
    )
    assert plan.models.teacher_of_member(member).endswith("member-factorised1teacher/member.pt")
    assert plan.models.teacher_of_member(teacher) == []
    assert plan.models.training_of_member(teacher)["distillation_share"] == 0


FROM_VALIDATION = {  # trials may be trained on and reconstructed, as with published members
    "recordings.selection.held_out": 'trial_type == "train"',
    "recordings.selection.held_out_folds": [0],
}


@pytest.mark.parametrize(
    ("changes", "table"), [({}, "training.csv"), (FROM_VALIDATION, "sets.csv")]
)
def test_training_waits_for_the_choice_of_clips_only_where_it_decides_what_validates(
    changes, table
):
    assert plan_run(config_with(changes)).recordings.training_sets == f"results/recordings/{table}"


def test_settled_configs_read_alike_whatever_the_order_and_the_way_to_write_a_number():
    def restated(node):
        if isinstance(node, dict):
            return {key: restated(node[key]) for key in reversed(node)}
        if isinstance(node, list):
            return [restated(item) for item in node]
        return int(node) if isinstance(node, float) and node == int(node) else node

    assert repr(settle(validate_config(restated(CONFIG)))) == repr(settle(validate_config(CONFIG)))


def test_every_file_lies_below_the_folder_of_the_run():
    assert [path for path in planned().targets() if not path.startswith("results/")] == []
