"""The choice of the prior's weight without the movie that was shown."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.encoder import ClipSpec
from reconstruct.clips import Reconstructor
from reconstruct.pilot import choose_weight, group_clips, held_out_losses
from reconstruct.prior import Spectrum
from reconstruct.settings import MapSettings, PopulationSettings
from reconstruct.target import hold_out, make_target, remove
from tests.tiny import LinearEncoder, make_movie, make_trial
from tests.unit.reconstruct.test_paper import draw_trial

SETTINGS = MapSettings(
    num_iterations=4,
    window_stride_frames=8,
    prior_weights=(0.1, 1.0, 10.0),
    held_out_share=0.25,
    num_pilot_clips=3,
    num_noise_trials=2,
    seed=0,
)
EVERYONE = PopulationSettings(share=1.0, others="removed", seed=0)
SPECTRUM = Spectrum(np.full((36, 64), 120.0), np.full((4, 36, 64), 900.0))


def rows_of(losses: list[list[float]], accepted: list[list[bool]]) -> list[dict]:
    pairs = zip(losses, accepted, strict=True)
    return [{"held_out_loss": loss, "accepted": kept} for loss, kept in pairs]


def test_a_step_that_was_taken_back_leaves_the_loss():
    rows = rows_of([[3, 5], [9, 4], [2, 8]], [[True, True], [False, True], [True, False]])
    np.testing.assert_array_equal(held_out_losses(rows), [[3, 5], [3, 4], [2, 4]])


def choose(losses: dict[float, list[float]], settings=SETTINGS):
    """Choose from losses that are given; what was asked for."""
    asked = []
    reconstructor = Reconstructor(
        (LinearEncoder(torch.rand(8, 36, 64) / 1e4, ClipSpec(8)),),
        "A",
        0,
        np.ones((36, 64), bool),
        EVERYONE,
    )
    respond = reconstructor.encoders[0].respond
    trials = [make_trial(n, make_movie(n, 16), respond) for n in range(5)]

    def run(name, descent):
        asked.append((name, len(descent.trials)))
        weight = float(name.split()[1].rstrip(","))
        return rows_of([[v] * len(descent.trials) for v in losses[weight]], [[True] * 3] * 4)

    return choose_weight(reconstructor, trials, settings, SPECTRUM, run), asked


def test_the_lowest_held_out_loss_chooses_weight_and_moment():
    losses = {0.1: [9, 5, 4, 6], 1.0: [8, 3, 5, 5], 10.0: [7, 7, 7, 7]}
    choice, asked = choose(losses)
    assert (choice.weight, choice.num_iterations) == (1.0, 2)
    np.testing.assert_allclose(choice.held_out_loss_WI, list(losses.values()))
    assert asked == [(f"weight {w:g}, clips [0, 1, 2]", 3) for w in SETTINGS.prior_weights]


def test_without_held_out_neurons_nothing_is_run():
    settings = replace(SETTINGS, held_out_share=0.0, prior_weights=(2.0,))
    choice, asked = choose({}, settings)
    assert (choice.weight, choice.num_iterations) == (2.0, 4)
    assert not asked


def test_several_weights_without_held_out_neurons_are_refused():
    with pytest.raises(ValueError, match="held_out_share 0 leaves no neuron to choose"):
        replace(SETTINGS, held_out_share=0.0)


def draw_neurons(num_neurons: int):
    return replace(draw_trial(0, 32), responses_NT=np.ones((num_neurons, 32), np.float32))


@pytest.mark.parametrize(("num_kept", "expected"), [(100, 25), (8, 2), (2, 1)])
def test_a_share_of_the_neurons_that_count_is_held_out(num_kept, expected):
    """Of 120 neurons, of which another part counts in every clip."""
    target = make_target("A", [draw_neurons(120)] * 3, 120)
    kept_BN = torch.stack([torch.arange(120).roll(20 * clip) < num_kept for clip in range(3)])
    held = hold_out(remove(target, kept_BN), 0.25, seed=3)
    assert torch.equal(held.held_out_BN.sum(1), torch.full((3,), float(expected)))
    assert torch.equal(held.held_out_BN + held.weight_BN, kept_BN.float())
    again = hold_out(remove(target, kept_BN), 0.25, seed=3)
    assert torch.equal(held.held_out_BN, again.held_out_BN)
    other = hold_out(remove(target, kept_BN), 0.25, seed=5)
    assert num_kept == 2 or not torch.equal(held.held_out_BN, other.held_out_BN)


def test_a_single_neuron_cannot_be_held_out():
    target = make_target("A", [draw_neurons(1)], 1)
    with pytest.raises(ValueError, match=r"held_out_share 0\.25 leaves none of 1 neurons"):
        hold_out(target, 0.25, seed=3)


def test_a_choice_at_the_end_of_what_was_tried_is_told(caplog):
    with caplog.at_level("INFO"):
        choose({0.1: [9, 8, 7, 6], 1.0: [9, 9, 9, 9], 10.0: [9, 9, 9, 9]})
    assert "a higher num_iterations may do better" in caplog.text
    assert "at the end of prior_weights" in caplog.text


def test_clips_of_one_length_go_together_a_few_at_a_time():
    lengths = [32, 40, 32, 40, *[32] * 10]
    trials = [draw_trial(number, length) for number, length in enumerate(lengths)]
    groups = group_clips(trials)
    assert groups == [[0, 2, 4, 5, 6, 7, 8, 9], [1, 3], [10, 11, 12, 13]]
