"""The jobs of the reconstruct stage: files in, one file of movies out."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from masks.thresholds import mask_above, read_alpha
from models.device import choose_device
from models.encoder import Encoder, weights_digest
from models.predictors import load_predictors
from reconstruct.clips import Descent, Reconstructor
from reconstruct.expected import expect, predict_targets
from reconstruct.likelihood import Chunk, windows_that_fit
from reconstruct.longjob import LongJob
from reconstruct.movies import MOVIES, ClipFile, traces_as_arrays
from reconstruct.noise import measure_noise
from reconstruct.pilot import Choice, choose_weight, group_clips
from reconstruct.prior import read_spectrum
from reconstruct.settings import RECORDED, ReconstructSettings
from reconstruct.target import check_changes, check_trial
from reconstruct.trace import trace_table
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording, Trial
from recordings.resume import Resume
from recordings.selection import VALIDATION, load_held_out, load_set
from recordings.wording import counted

Alter = Callable[[Trial], Trial]
Retarget = Callable[[list[Trial]], list[Trial]]


def keep(same):
    """Trials as they were recorded."""
    return same


@dataclass(frozen=True)
class ClipJob:
    """The held-out clips of one mouse, the mask and the settings to reconstruct them with."""

    mouse: str
    mouse_index: int
    maker: str
    """the member or the control that the movies are named after"""
    recording: str
    sets: str
    alpha: str | None
    """where the method reads a mask"""
    spectrum: str | None
    """of the training movies, where the method has a prior"""
    update_threshold: float | None
    settings: ReconstructSettings
    output: str
    code: str
    """hash of the code that computes the movies; another code never resumes this one's work"""
    checkpoint_s: float

    def run(
        self,
        encoders: tuple[Encoder, ...],
        device: str,
        alter: Alter = keep,
        retarget: Retarget = keep,
    ) -> None:
        """Reconstruct every clip: `retarget` gives all trials their target, `alter` then changes those of the clips."""
        chunk = Chunk(min(windows_that_fit(encoder, self.mouse, device) for encoder in encoders))
        mask_HW, population = self.mask(), self.settings.population
        try:
            noise_N = self.measure_noise(encoders, device, retarget)
            reconstructor = Reconstructor(
                encoders, self.mouse, self.mouse_index, mask_HW, population, device, chunk, noise_N
            )
            trials = [alter(trial) for trial in retarget(self.trials())]
            pilots = self.pilots()
            pilots = trials if pilots is None else [alter(t) for t in retarget(pilots)]
            ClipsRun(self, reconstructor, trials, pilots).write()
        except ValueError as error:
            raise ValueError(f"mouse {self.mouse}: {error}") from error

    def trials(self) -> list[Trial]:
        return load_held_out(self.mouse, self.recording, self.sets, self.settings.max_frames)

    def pilots(self) -> list[Trial] | None:
        """Clips on which the prior's weight is chosen, where they are not the first of those to reconstruct."""
        return None

    def mask(self) -> np.ndarray:
        """Where the movie is optimised: all of the screen, where the method needs no mask."""
        if self.alpha is None:
            return np.ones((SCREEN_HEIGHT, SCREEN_WIDTH), bool)
        return mask_above(read_alpha(self.alpha), self.update_threshold, "masks.update_threshold")

    def measure_noise(
        self, encoders: tuple[Encoder, ...], device: str, retarget: Retarget
    ) -> Tensor | None:
        """Of the neurons on validation trials, where the method asks for it."""
        if self.settings.is_paper:
            return None
        most, max_frames = self.settings.descent.num_noise_trials, self.settings.max_frames
        found = load_set(self.mouse, self.recording, self.sets, VALIDATION, max_frames, most)
        return measure_noise(encoders, self.mouse, retarget(found), device)

    def run_members(self, members: list[str], predictors: list[str], alter: Alter = keep) -> None:
        """The same through members of the ensemble; the target may be what `predictors` expect of the true movie."""
        device = choose_device()
        encoders, voices = self._load(members, device), self._load(predictors, device)
        expected = partial(
            predict_targets, voices, self.mouse, device=device, settings=self.settings
        )
        self.run(encoders, device, alter, expected)

    def _load(self, members: list[str], device: str) -> tuple[Encoder, ...]:
        num_neurons = Recording(Path(self.recording)).num_neurons
        return load_predictors(members, self.mouse, num_neurons, device)


@dataclass(frozen=True)
class ClipsRun:
    """One run of a job: all its clips, a few at a time, then one file."""

    job: ClipJob
    reconstructor: Reconstructor
    trials: list[Trial]
    pilots: list[Trial]

    def write(self) -> None:
        job, settings = self.job, self.job.settings
        fingerprint = {"settings": asdict(settings), "code": job.code, "mouse": job.mouse}
        fingerprint["mask"] = hashlib.sha256(self.reconstructor.mask_HW).hexdigest()
        fingerprint["encoders"] = [weights_digest(e) for e in self.reconstructor.encoders]
        fingerprint["trials"] = [digest(trial) for trial in self.trials]
        fingerprint["pilots"] = [digest(trial) for trial in self.pilots]
        fingerprint["mouse_index"] = job.mouse_index
        fingerprint["noise"] = self.noise_digest()
        fingerprint["spectrum"] = (
            hashlib.sha256(Path(job.spectrum).read_bytes()).hexdigest() if job.spectrum else None
        )
        resume = Resume(job.output, fingerprint, job.checkpoint_s)
        mask_HW, every = self.reconstructor.mask_HW, settings.output.track_every_iterations
        long = LongJob(resume, job.mouse, mask_HW, every)
        for trial in self.trials:
            num_neurons = self.reconstructor.encoders[0].num_neurons[job.mouse]
            check_trial(trial, num_neurons, len(trial.video_THW))
            if settings.target == RECORDED:
                check_changes(trial)
        descent_of, num_iterations, choice = self.method(long)
        groups = group_clips(self.trials)
        long.expect(
            "reconstructing " + counted(len(self.trials), "clip"), len(groups) * num_iterations
        )
        tables = [
            trace_table(long.store(f"clips {group}", descent_of(group), resume.part(number)), group)
            for number, group in enumerate(groups)
        ]
        long.close()
        self.merge(groups, resume, pd.concat(tables, ignore_index=True), choice)
        resume.clear()

    def noise_digest(self) -> str | None:
        noise_N = self.reconstructor.noise_N
        return None if noise_N is None else hashlib.sha256(noise_N.cpu().numpy()).hexdigest()

    def method(self, long: LongJob) -> tuple[Callable[[list[int]], Descent], int, Choice | None]:
        """What makes the descent of a group of clips, and its iterations; for `map`, after the prior's weight is chosen."""
        descent, make = self.job.settings.descent, self.reconstructor
        chosen = lambda group: [self.trials[place] for place in group]  # noqa: E731
        if self.job.settings.is_paper:
            paper = lambda group: make.by_paper(chosen(group), group, descent)  # noqa: E731
            return paper, descent.num_iterations, None
        spectrum = read_spectrum(self.job.spectrum)
        if descent.held_out_share > 0:
            num_pilots = len(group_clips(self.pilots[: descent.num_pilot_clips]))
            total = num_pilots * len(descent.prior_weights) * descent.num_iterations
            long.expect("choosing the weight of the prior", total)
        choice = choose_weight(make, self.pilots, descent, spectrum, long.run)
        final = replace(descent, num_iterations=choice.num_iterations)

        def most_probable(group: list[int]) -> Descent:
            return make.by_map(chosen(group), group, final, spectrum, choice.weight)

        return most_probable, choice.num_iterations, choice

    def merge(
        self, groups: list[list[int]], resume: Resume, traces: pd.DataFrame, choice: Choice | None
    ) -> None:
        """One file from the parts, clip by clip."""
        settings = self.job.settings
        part_of = {
            place: (number, row)
            for number, group in enumerate(groups)
            for row, place in enumerate(group)
        }

        def clips() -> Iterator[dict[str, np.ndarray]]:
            for place, trial in enumerate(self.trials):
                number, row = part_of[place]
                movie = np.load(resume.part(number), mmap_mode="r", allow_pickle=False)[row]
                yield {MOVIES: movie, **self.predictions(trial, np.array(movie))}

        extras = traces_as_arrays(traces.sort_values(["clip", "iteration"], kind="stable"))
        if choice is not None:
            extras["choice/prior_weights"] = np.array(settings.descent.prior_weights)
            extras["choice/held_out_loss_WI"] = choice.held_out_loss_WI
            extras["noise_N"] = self.reconstructor.noise_N.cpu().numpy()
            extras["choice/weight"] = np.array(choice.weight)
            extras["choice/num_iterations"] = np.array(choice.num_iterations)
        trials = [trial.number for trial in self.trials]
        lengths = [len(trial.video_THW) for trial in self.trials]
        attributes = {"mouse": self.job.mouse, "maker": self.job.maker, "method": settings.method}
        attributes["settings"] = json.dumps(asdict(settings), sort_keys=True)
        ClipFile(trials, lengths, attributes, extras, settings.output.grey_levels).write(
            self.job.output, clips()
        )

    def predictions(self, trial: Trial, movie_THW: np.ndarray) -> dict[str, np.ndarray]:
        """What the encoders expect of the reconstruction, where that is to be stored."""
        if not self.job.settings.output.predicted_responses:
            return {}
        maker = self.reconstructor
        seen = replace(trial, video_THW=movie_THW.astype(np.float32))
        return {"predicted_TN": expect(maker.encoders, maker.mouse, seen, maker.device).T}


def digest(trial: Trial) -> str:
    """A hash of what a reconstruction of the trial may depend on: some starts know the movie."""
    found = hashlib.sha256(f"{trial.number} {trial.responses_NT.shape}".encode())
    found.update(np.ascontiguousarray(trial.responses_NT))
    found.update(np.ascontiguousarray(trial.video_THW))
    found.update(np.ascontiguousarray(trial.behavior_CT))
    return found.hexdigest()[:16]


def clip_job(
    mouse: str, maker: str, files: Mapping, params: Mapping, output: str, checkpoint_s: float
) -> ClipJob:
    """The job of a rule from its named inputs and params."""
    return ClipJob(
        mouse,
        params["mouse_index"],
        maker,
        files["recording"],
        files["sets"],
        files["alpha"] or None,
        files["spectrum"] or None,
        params["update_threshold"],
        ReconstructSettings.of(params["settings"]),
        output,
        params["code"],
        checkpoint_s,
    )
