"""The reconstruction of all clips of one mouse by one member, with checkpoints, into one file."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import Tensor

from models.encoder import Encoder
from reconstruct.descent import DescentState, descend, momentum_step
from reconstruct.objective import GradientResult, Target, movie_gradient
from reconstruct.settings import GREY, DescentSettings
from reconstruct.windows import window_starts
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.reader import Trial
from recordings.resume import Resume

logger = logging.getLogger(__name__)


@dataclass
class Trace:
    """What an optimisation leaves behind, row by iteration, and the movie every few iterations."""

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    snapshots: list[Tensor] = field(default_factory=list)
    snapshot_iterations: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Reconstructor:
    """One member, one mouse, one mask: everything that the clips of a job share."""

    encoder: Encoder
    mouse: str
    mask_HW: np.ndarray
    """pixels of the screen that are optimised; the others stay grey"""
    settings: DescentSettings
    device: str = "cpu"

    def reconstruct(
        self,
        trial: Trial,
        state: DescentState | None = None,
        trace: Trace | None = None,
        observe: Callable[[DescentState, Trace], None] = lambda state, trace: None,
    ) -> tuple[np.ndarray, Trace]:
        """The movie on the screen (T, 36, 64) in grey levels, and its trace."""
        spec, settings = self.encoder.spec, self.settings
        starts = window_starts(
            len(trial.video_THW), spec.window_frames, settings.window_stride_frames
        )
        target = Target(
            self.mouse,
            torch.from_numpy(trial.responses_NT).to(self.device),
            torch.from_numpy(trial.behavior_CT).to(self.device),
        )
        state = state.to(self.device) if state else self.grey_start(len(trial.video_THW))
        trace = trace or Trace()

        def record(state: DescentState, result: GradientResult) -> None:
            self._record(trace, state, result)
            observe(state, trace)

        # paper: the update mask may hold padding rows there (B6); here only the screen is optimised.
        mask = spec.place(torch.from_numpy(self.mask_HW).float(), padding=0.0).to(self.device)
        descend(
            state,
            lambda movie: movie_gradient(self.encoder, target, movie, starts),
            momentum_step(settings),
            mask,
            settings.num_iterations,
            record,
        )
        return state.movie_THW[:, *spec.screen].cpu().numpy(), trace

    def grey_start(self, num_frames: int) -> DescentState:
        spec = self.encoder.spec
        shape = (num_frames, spec.canvas_height, spec.canvas_width)
        movie = torch.full(shape, GREY, device=self.device)
        return DescentState(movie, torch.zeros_like(movie))

    def _record(self, trace: Trace, state: DescentState, result: GradientResult) -> None:
        trace.loss.append(result.loss)
        trace.gradient_norm.append(result.gradient_norm)
        last = state.iteration == self.settings.num_iterations
        if last or state.iteration % self.settings.track_every_iterations == 0:
            screen = state.movie_THW[:, *self.encoder.spec.screen]
            trace.snapshots.append(screen.round().byte().cpu())
            trace.snapshot_iterations.append(state.iteration)


def reconstruct_clips(
    reconstructor: Reconstructor,
    trials: list[Trial],
    output: Path,
    fingerprint: dict,
    checkpoint_s: float,
) -> None:
    """Reconstruct each trial in turn and write `output`; a killed job goes on where it stopped."""
    settings = reconstructor.settings
    fingerprint = {**fingerprint, **asdict(settings), "trials": [_digest(t) for t in trials]}
    resume = Resume(output, fingerprint, checkpoint_s)
    saved = resume.load() or {"done": [], "current": None}
    done, current = saved["done"], saved["current"]
    work = range(len(done) * settings.num_iterations, len(trials) * settings.num_iterations)
    progress = iter(report_progress(work, f"reconstructing {len(trials)} clips"))

    for trial in trials[len(done) :]:
        state, trace = _unpack(current) if current else (None, Trace())
        for _ in trace.loss:
            next(progress)

        def observe(state: DescentState, trace: Trace) -> None:
            next(progress)
            resume.save_when_due(lambda: {"done": done, "current": _pack(state, trace)})

        try:
            movie, trace = reconstructor.reconstruct(trial, state, trace, observe)
        except ValueError as error:
            place = f"mouse {reconstructor.mouse}, trial {trial.number}"
            raise ValueError(f"{place}: {error}") from error
        done.append({"movie": torch.from_numpy(movie), **asdict(trace)})
        current = None
    next(progress, None)
    write_movies(output, trials, done, settings)
    resume.clear()


def _digest(trial: Trial) -> str:
    """A hash of what a reconstruction of the trial depends on."""
    digest = hashlib.sha256(f"{trial.number} {trial.responses_NT.shape}".encode())
    digest.update(np.ascontiguousarray(trial.responses_NT))
    digest.update(np.ascontiguousarray(trial.behavior_CT))
    return digest.hexdigest()[:16]


def _pack(state: DescentState, trace: Trace) -> dict:
    tensors = {"movie": state.movie_THW, "velocity": state.velocity_THW}
    return {**tensors, "iteration": state.iteration, "trace": asdict(trace)}


def _unpack(saved: dict) -> tuple[DescentState, Trace]:
    state = DescentState(saved["movie"], saved["velocity"], saved["iteration"])
    return state, Trace(**saved["trace"])


def write_movies(
    output: Path, trials: list[Trial], results: list[dict], settings: DescentSettings
) -> None:
    """One group per clip: movie_THW, the trace, and uint8 snapshots of the movie on its way."""
    with replace_when_done(output) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["settings"] = json.dumps(asdict(settings), sort_keys=True)
        for index, (trial, result) in enumerate(zip(trials, results, strict=True)):
            group = file.create_group(f"clip-{index}")
            group.attrs["trial"] = trial.number
            group.create_dataset("movie_THW", data=result["movie"].numpy(), compression="gzip")
            snapshots = torch.stack(result["snapshots"]).numpy()
            group.create_dataset("snapshots_STHW", data=snapshots, compression="gzip")
            for name in ("snapshot_iterations", "loss", "gradient_norm"):
                group[name] = np.array(result[name])
