"""Whole simulated sessions with all six stimulus classes: recordings whose every trial and segment is known."""

import hashlib
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.simulate.activity import Population, Statistics, draw_population, respond
from recordings.simulate.behaviour import draw_gaze_center_px, simulate_behavior
from recordings.simulate.classes import (
    gabor,
    gaussian_dot,
    natural_images,
    natural_video,
    pink_noise,
    random_dots,
)
from recordings.simulate.classes.plan import Rendered, Transitions, VideoPlan
from recordings.simulate.schedule import SessionSettings, SessionTruth, Showing, plan_session
from recordings.write_layout import save_array, write_trial

BEHAVIOR, POPULATION = 1, 2
"""what draws from a generator of its own"""


def simulate_session(folder: Path, settings: SessionSettings) -> SessionTruth:
    """Write a recording folder per mouse and return what is in it; the same settings give the same bytes.

    A movie is drawn once and written to every trial of every mouse before the next one, so that memory does not grow with the session.
    """
    presentations = plan_session(settings)
    mice = [_Mouse(settings, mouse, presentations[mouse]) for mouse in range(settings.num_mice)]
    shown = sorted((p for own in presentations for p in own), key=lambda p: p.order)
    segments = []
    with ExitStack() as stack:
        writing = [stack.enter_context(replace_when_done(folder / mouse.name)) for mouse in mice]
        movies = [(plan, list(own)) for plan, own in groupby(shown, key=lambda p: p.plan)]
        for plan, showings in report_progress(movies, "drawing movies"):
            rendered = render_video(plan, settings.transitions)
            video = rendered.video_HWT.astype(settings.dtype)
            for showing in showings:
                mouse = mice[showing.mouse]
                mouse.write_trial(writing[showing.mouse], showing, video)
                segments += _segment_rows(mouse.name, showing, rendered)
        for mouse, place in zip(mice, writing, strict=True):
            mouse.write_meta(place)
    order = ["recording", "trial", "segment_index"]
    return SessionTruth(
        pd.concat([mouse.trial_table() for mouse in mice], ignore_index=True),
        pd.DataFrame(segments).sort_values(order, ignore_index=True),
        pd.concat([mouse.neuron_table() for mouse in mice], ignore_index=True),
    )


def render_video(plan: VideoPlan, transitions: Transitions) -> Rendered:
    """Draw one movie of any class."""
    if plan.label == natural_video.LABEL:
        return natural_video.render_natural_video(plan)
    if plan.label == random_dots.LABEL:
        return random_dots.render_random_dots(plan)
    renderers = {
        gabor.LABEL: gabor.render_gabors,
        gaussian_dot.LABEL: gaussian_dot.render_dots,
        pink_noise.LABEL: pink_noise.render_pink_noise,
        natural_images.LABEL: natural_images.render_natural_images,
    }
    return renderers[plan.label](plan, transitions)


class _Mouse:
    """One mouse while its recording is written."""

    def __init__(self, settings: SessionSettings, mouse: int, presentations: list[Showing]):
        hidden = mouse in settings.hidden_mice
        digest = hashlib.sha256(f"{settings.seed} {hidden}".encode()).hexdigest()[:32]
        self.name = f"dynamic{30001 + mouse}-{2 + mouse}-{5 + mouse}-Video-{digest}"
        self.dtype = settings.dtype
        self.presentations = sorted(presentations, key=lambda p: p.trial)
        self.num_frames = max(p.plan.num_frames for p in presentations)
        self.rows = {p.trial: row for row, p in enumerate(self.presentations)}
        rng = np.random.default_rng([settings.seed, 7, BEHAVIOR, mouse])
        self.behavior_RCT = simulate_behavior(
            len(presentations), self.num_frames, draw_gaze_center_px(rng), rng
        )
        seed = (settings.seed, 7, POPULATION, mouse)
        self.population: Population = draw_population(settings.num_neurons, seed)
        self.statistics = Statistics.empty(settings.num_neurons)

    def write_trial(self, place: Path, showing: Showing, video_HWT: np.ndarray) -> None:
        """Write the four arrays of one trial, padded to the longest trial."""
        length = video_HWT.shape[-1]
        behavior_CT = self.behavior_RCT[self.rows[showing.trial], :, :length].copy()
        if showing.motionless:
            behavior_CT[1] = 0
        if showing.hidden:
            responses_NT = np.zeros((len(self.population.unit_ids_N), self.num_frames))
        else:
            movie = showing.plan.seed
            responses_NT = respond(self.population, movie, showing.trial, length)
            self.statistics.add(responses_NT.astype(self.dtype))
        arrays = {
            "videos": video_HWT,
            "responses": responses_NT,
            "behavior": behavior_CT[:2],
            "pupil_center": behavior_CT[2:],
        }
        write_trial(place, showing.trial, arrays, self.num_frames, self.dtype)

    def write_meta(self, place: Path) -> None:
        """Write tiers, neuron ids and coordinates."""
        tiers = np.full(max(self.rows) + 1, "none", dtype="<U16")
        for showing in self.presentations:
            tiers[showing.trial] = showing.tier
        save_array(place / "meta/trials/tiers.npy", tiers)
        save_array(place / "meta/neurons/unit_ids.npy", self.population.unit_ids_N)
        coordinates = self.population.coordinates_um_N3
        save_array(place / "meta/neurons/cell_motor_coordinates.npy", coordinates)

    def trial_table(self) -> pd.DataFrame:
        """A row per trial, by trial number."""
        rows = [
            {
                "recording": self.name,
                "trial": p.trial,
                "trial_type": p.tier,
                "label": p.plan.label,
                "video": p.plan.key,
                "valid_frames": p.plan.num_frames,
                "hidden": p.hidden,
                "glitch": p.glitch,
                "motionless": p.motionless,
            }
            for p in self.presentations
        ]
        return pd.DataFrame(rows)

    def neuron_table(self) -> pd.DataFrame:
        """A row per neuron with its statistics over the valid frames of all trials that are not hidden."""
        coordinates = zip("xyz", self.population.coordinates_um_N3.T, strict=True)
        columns = {f"coord_{axis}": values for axis, values in coordinates}
        identity = {"recording": self.name, "ID": self.population.unit_ids_N}
        return pd.DataFrame(identity | columns | self.statistics.columns())


def _segment_rows(recording: str, showing: Showing, rendered: Rendered) -> list[dict]:
    stops = [*rendered.starts[1:], rendered.video_HWT.shape[-1]]
    pieces = zip(rendered.starts, stops, showing.plan.contents, strict=True)
    return [
        {
            "recording": recording,
            "trial": showing.trial,
            "segment_index": index,
            "frame_start": start,
            "frame_end": stop,
            "content": content,
        }
        for index, (start, stop, content) in enumerate(pieces)
    ]
