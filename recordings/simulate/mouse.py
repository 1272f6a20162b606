"""One simulated mouse: shows it movies, measures its neurons, writes its recording and the truth about it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from recordings.files import replace_when_done
from recordings.settings import SimulationSettings
from recordings.simulate import behaviour, responses
from recordings.simulate.fields import NeuronParameters, draw_neurons
from recordings.simulate.movies import (
    HELD_OUT_TIER,
    HIDDEN_TIER,
    TRAINING_TIER,
    Clip,
    simulate_clips,
)
from recordings.simulate.neurons import TrueNeurons, inputs_of_trial
from recordings.simulate.threads import one_thread
from recordings.simulate.truth import build_truth, write_truth
from recordings.write_layout import save_array, write_trial

NUM_MISSING_TRIALS = 4
MEDIAN_RESPONSE = 2.4
SILENT_SHARE = (0.5, 0.68)
"""range of the share of frames in which a neuron's drive is below its threshold"""
FITTED_FRAMES = 4000
SEEDED = ("gaze", "neurons", "trials", "behavior", "responses", "tissue")
"""what draws from a generator of its own"""


@dataclass(frozen=True)
class Session:
    """Everything about a mouse that is written trial by trial, in the order of the trial numbers."""

    clips: list[Clip]
    shown: dict[int, int]
    """clip index of each trial number"""
    behavior_RCT: np.ndarray
    expected_RNT: list[np.ndarray]
    measured_RNT: list[np.ndarray]


@one_thread()
def simulate_mouse(
    settings: SimulationSettings, mouse_index: int, recording_folder: Path, truth_path: Path
) -> None:
    """Write the recording of one simulated mouse and the truth about it; the same settings give the same bytes."""
    rngs = {
        name: np.random.default_rng([settings.seed, 2, mouse_index, purpose])
        for purpose, name in enumerate(SEEDED)
    }
    clips = simulate_clips(settings, 0 if settings.share_movies else 1 + mouse_index)
    shown = plan_trials(settings, clips, rngs["trials"])
    gaze_center_px = behaviour.draw_gaze_center_px(rngs["gaze"])
    behavior_RCT = behaviour.simulate_behavior(
        len(shown), settings.clip_frames, gaze_center_px, rngs["behavior"]
    )
    drawn = draw_neurons(settings, gaze_center_px, rngs["neurons"])
    session, neurons = _measure(settings, drawn, clips, shown, behavior_RCT, rngs)
    training = [clips[clip].tier == TRAINING_TIER for clip in shown.values()]
    reliability_N = _reliability(session, np.flatnonzero(training))
    truth = build_truth(settings, neurons, reliability_N, clips, shown)
    with replace_when_done(recording_folder) as folder:
        _write_recording(folder, settings, session)
        _write_tissue(folder, neurons, rngs["tissue"])
        write_truth(truth_path, truth, session.expected_RNT)


def plan_trials(
    settings: SimulationSettings, clips: list[Clip], rng: np.random.Generator
) -> dict[int, int]:
    """Which clip each trial number shows: shuffled, held-out clips repeated, a few numbers missing."""
    repeats = {TRAINING_TIER: 1, HELD_OUT_TIER: settings.num_held_out_repeats, HIDDEN_TIER: 1}
    shows = np.repeat(np.arange(len(clips)), [repeats[clip.tier] for clip in clips])
    last = len(shows) + NUM_MISSING_TRIALS - 1
    numbers = rng.choice(last, len(shows) - 1, replace=False)
    return dict(
        zip([*sorted(numbers.tolist()), last], rng.permutation(shows).tolist(), strict=True)
    )


def _measure(
    settings: SimulationSettings,
    drawn: NeuronParameters,
    clips: list[Clip],
    shown: dict[int, int],
    behavior_RCT: np.ndarray,
    rngs: dict[str, np.random.Generator],
) -> tuple[Session, NeuronParameters]:
    """Show every trial to the neurons, fit their thresholds and gains, and draw what the microscope finds."""
    videos = [clips[clip].video_THW for clip in shown.values()]
    state_R2T = torch.from_numpy(behavior_RCT[:, :2])
    training = np.array([clips[clip].tier == TRAINING_TIER for clip in shown.values()])
    with torch.no_grad():
        model = TrueNeurons(drawn)
        drive_RNT = torch.cat(
            [
                model.drive(inputs_of_trial(*trial))
                for trial in zip(videos, behavior_RCT, strict=True)
            ]
        )
        neurons = _fit(drawn, drive_RNT[training], state_R2T[training], rngs["neurons"])
        model = TrueNeurons(neurons)
        rate_RNT = [
            model.rate(drive[None], state[None])
            for drive, state in zip(drive_RNT, state_R2T, strict=True)
        ]
        expected_RNT = [model.observed(rate)[0].numpy() for rate in rate_RNT]
    rate_RNT = [rate[0].numpy() for rate in rate_RNT]
    measured = _respond(settings, rate_RNT, expected_RNT, training, rngs["responses"])
    return Session(clips, shown, behavior_RCT, expected_RNT, measured), neurons


def _fit(
    drawn: NeuronParameters,
    drive_RNT: torch.Tensor,
    state_R2T: torch.Tensor,
    rng: np.random.Generator,
) -> NeuronParameters:
    """Set each neuron's threshold to a quantile of its drive and its gain to a log-normal mean response."""
    num_neurons = drive_RNT.shape[1]
    silent_N = rng.uniform(*SILENT_SHARE, num_neurons)
    drive_NT = drive_RNT.transpose(0, 1).flatten(1).numpy()
    sparse_NT = np.sort(drive_NT[:, :: max(1, drive_NT.shape[1] // FITTED_FRAMES)], axis=1)
    ranks = (silent_N * sparse_NT.shape[1]).astype(int)
    threshold = np.take_along_axis(sparse_NT, ranks[:, None], axis=1)[:, 0]
    fitted = replace(drawn, threshold_N=threshold, scale_N=drive_NT.std(axis=1))
    rate_RNT = TrueNeurons(fitted).rate(drive_RNT, state_R2T)
    aim_N = MEDIAN_RESPONSE * rng.lognormal(0, 0.6, num_neurons)
    gain_N = aim_N / rate_RNT.mean(dim=(0, 2), dtype=torch.float64).numpy()
    return replace(fitted, gain_N=gain_N.astype(np.float32))


def _respond(
    settings: SimulationSettings,
    rate_RNT: list[np.ndarray],
    expected_RNT: list[np.ndarray],
    training: np.ndarray,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    num_neurons = len(rate_RNT[0])
    plane_N = np.arange(num_neurons) * responses.NUM_PLANES // num_neurons
    phases = rng.integers(responses.NUM_PHASES, size=len(rate_RNT))
    rows = np.flatnonzero(training)
    expected_NT = np.concatenate([expected_RNT[row] for row in rows], axis=1)
    sampled = [responses.sample_mean(rate_RNT[row], plane_N, phases[row]) for row in rows]
    size_N = responses.event_sizes(
        expected_NT.mean(axis=1),
        expected_NT.var(axis=1),
        np.concatenate(sampled, axis=1).var(axis=1),
        responses.draw_reliability(num_neurons, rng),
    )
    return [
        responses.add_noise(
            expected, responses.sample_events(rate, plane_N, size_N, phase, rng), settings.noise
        )
        for rate, expected, phase in zip(rate_RNT, expected_RNT, phases, strict=True)
    ]


def _reliability(session: Session, rows: np.ndarray) -> np.ndarray:
    """Correlation of expected and measured response of each neuron over all frames of some trials."""
    expected, measured = (
        np.concatenate([trials[row] for row in rows], axis=1).astype(np.float64)
        for trials in (session.expected_RNT, session.measured_RNT)
    )
    expected -= expected.mean(axis=1, keepdims=True)
    measured -= measured.mean(axis=1, keepdims=True)
    covariance = (expected * measured).sum(axis=1)
    return covariance / np.sqrt((expected**2).sum(axis=1) * (measured**2).sum(axis=1))


def _write_recording(folder: Path, settings: SimulationSettings, session: Session) -> None:
    tiers = np.full(max(session.shown) + 1, "none", dtype="<U16")
    rows = zip(session.shown.items(), session.behavior_RCT, session.measured_RNT, strict=True)
    for (trial, index), behavior_CT, measured_NT in rows:
        clip = session.clips[index]
        tiers[trial] = clip.tier
        hidden_NT = np.zeros((len(measured_NT), settings.padded_frames))
        arrays = {
            "videos": clip.video_THW.transpose(1, 2, 0),
            "responses": hidden_NT if clip.tier == HIDDEN_TIER else measured_NT,
            "behavior": behavior_CT[:2],
            "pupil_center": behavior_CT[2:],
        }
        write_trial(folder, trial, arrays, settings.padded_frames)
    save_array(folder / "meta/trials/tiers.npy", tiers)


def _write_tissue(folder: Path, neurons: NeuronParameters, rng: np.random.Generator) -> None:
    """Neurons that see neighbouring places lie near each other; the planes lie 25 um apart."""
    num_neurons = len(neurons.kind_N)
    across_um = 12.0 * neurons.center_px_N2[:, ::-1] + rng.normal(0, 60, (num_neurons, 2))
    plane_N = np.arange(num_neurons) * responses.NUM_PLANES // num_neurons
    depth_um = 200.0 + 25.0 * plane_N
    coordinates = np.column_stack([across_um, depth_um]).round().astype(np.int64)
    save_array(folder / "meta/neurons/cell_motor_coordinates.npy", coordinates)
    save_array(folder / "meta/neurons/unit_ids.npy", np.cumsum(rng.integers(1, 4, num_neurons)))
