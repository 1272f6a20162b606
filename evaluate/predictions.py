"""What the members expect the neurons to do when they see the movie, a part of it, or its reconstruction."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from evaluate.activity_file import (
    FROM_PREDICTED,
    MASKED,
    MATCHED,
    MOVIE,
    RECONSTRUCTION,
    RECORDED,
    VERSIONS_OF,
    write_activity,
)
from evaluate.matching import GREY, match_contrast
from models.encoder import Encoder, weights_digest
from reconstruct.expected import expect
from reconstruct.movies import ClipFile
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.reader import Trial
from recordings.resume import Resume
from recordings.write_layout import save_array

Movie = Float[np.ndarray, "T H W"]


@dataclass(frozen=True)
class PredictionJob:
    """The held-out clips of one mouse, their reconstructions in a variant of the run and the mask that both are cut by."""

    mouse: str
    variant: str
    """one of `VERSIONS_OF`"""
    trials: list[Trial]
    reconstructions: list[Movie]
    """smoothed ensembles, one per clip"""
    mask_HW: Bool[np.ndarray, "H W"]
    stride_frames: int
    code: str
    """hash of the code that predicts; another code never resumes this one's work"""

    def run(self, encoders: tuple[Encoder, ...], device: str, output: str) -> None:
        """Predict every clip; finished clips of a killed job wait beside the output."""
        resume = Resume(output, self._fingerprint(encoders), 0.0)

        def clips() -> Iterator[dict[str, np.ndarray]]:
            titled = report_progress(self.trials, "predicting the activity of clips")
            for clip, trial in enumerate(titled):
                part = resume.part(clip)
                if not part.exists():
                    with replace_when_done(part) as temporary:
                        save_array(temporary, self._predict(clip, encoders, device))
                rates_VNT = np.load(part, allow_pickle=False)
                predicted = zip(VERSIONS_OF[self.variant], rates_VNT, strict=True)
                yield {RECORDED: trial.responses_NT, **dict(predicted)}

        numbers = [trial.number for trial in self.trials]
        lengths = [len(trial.video_THW) for trial in self.trials]
        attributes = {"mouse": self.mouse, "stride_frames": self.stride_frames}
        file = ClipFile(numbers, lengths, attributes, {"mask_HW": self.mask_HW})
        write_activity(output, file, clips())
        resume.clear()

    def _predict(
        self, clip: int, encoders: tuple[Encoder, ...], device: str
    ) -> Float[np.ndarray, "V N T"]:
        trial = self.trials[clip]
        try:
            shown = self.shown(clip)
        except ValueError as error:
            raise ValueError(f"mouse {self.mouse}, clip {clip}: {error}") from error
        movies = [shown[version] for version in VERSIONS_OF[self.variant]]
        seen = [replace(trial, video_THW=movie_THW.astype(np.float32)) for movie_THW in movies]
        return np.stack([expect(encoders, self.mouse, t, device, self.stride_frames) for t in seen])

    def shown(self, clip: int) -> dict[str, Movie]:
        """The movies that the members are shown in place of one clip."""
        movie_THW = self.reconstructions[clip]
        if self.variant == "predicted":
            return {FROM_PREDICTED: grey_outside(movie_THW, self.mask_HW)}
        return standard_versions(self.trials[clip].video_THW, movie_THW, self.mask_HW)

    def _fingerprint(self, encoders: tuple[Encoder, ...]) -> dict:
        digest = hashlib.sha256(self.mask_HW)
        for trial in self.trials:
            digest.update(np.ascontiguousarray(trial.video_THW))
            digest.update(np.ascontiguousarray(trial.behavior_CT))
        for movie_THW in self.reconstructions:
            digest.update(np.ascontiguousarray(movie_THW))
        return {
            "inputs": digest.hexdigest(),
            "encoders": [weights_digest(encoder) for encoder in encoders],
            "stride_frames": self.stride_frames,
            "mouse": self.mouse,
            "variant": self.variant,
            "code": self.code,
        }


def standard_versions(
    true_THW: Movie, movie_THW: Movie, mask_HW: Bool[np.ndarray, "H W"]
) -> dict[str, Movie]:
    """The movie whole and masked, its reconstruction masked and matched."""
    # paper: 4.8, shows the ensemble before it is smoothed; here the one that is scored
    # paper: B9, its matching cannot run; and outside the mask one version is grey 127, the others 127.5 (method 4.8)
    return {
        MOVIE: true_THW,
        MASKED: grey_outside(true_THW, mask_HW),
        RECONSTRUCTION: grey_outside(movie_THW, mask_HW),
        MATCHED: match_contrast(movie_THW, true_THW, mask_HW),
    }


def grey_outside(movie_THW: Movie, mask_HW: Bool[np.ndarray, "H W"]) -> Movie:
    """The movie, 127.5 where the mask is not."""
    return np.where(mask_HW, movie_THW, GREY)
