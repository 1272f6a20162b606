"""The jobs of the reconstruct stage: files in, one file of movies out."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from masks.thresholds import mask_above, read_alpha
from models.checkpoint import load_member, require_neurons
from models.device import choose_device
from models.encoder import Encoder, weights_digest
from reconstruct.clips import Reconstructor, reconstruct_clips
from reconstruct.settings import DescentSettings
from recordings.reader import Recording, Trial
from recordings.selection import load_held_out


def keep_trial(trial: Trial) -> Trial:
    """The trial as it was recorded."""
    return trial


@dataclass(frozen=True)
class ClipJob:
    """The held-out clips of one mouse, the mask and the settings to reconstruct them with."""

    mouse: str
    recording: str
    sets: str
    alpha: str
    update_threshold: float
    max_frames: int
    settings: DescentSettings
    output: str
    code: str
    """hash of the code that computes the movies; another code never resumes this one's work"""
    checkpoint_s: float

    def trials(self) -> list[Trial]:
        return load_held_out(self.mouse, self.recording, self.sets, self.max_frames)

    def run(self, encoder: Encoder, device: str, alter: Callable[[Trial], Trial] = keep_trial):
        """Reconstruct every clip, its trial first passed through `alter`."""
        alpha_HW = read_alpha(self.alpha)
        mask_HW = mask_above(alpha_HW, self.update_threshold, "masks.update_threshold")
        reconstructor = Reconstructor(encoder, self.mouse, mask_HW, self.settings, device)
        trials = [alter(trial) for trial in self.trials()]
        fingerprint = {
            "mask": hashlib.sha256(mask_HW).hexdigest(),
            "encoder": weights_digest(encoder),
            "code": self.code,
        }
        reconstruct_clips(reconstructor, trials, Path(self.output), fingerprint, self.checkpoint_s)

    def run_member(self, member: str, alter: Callable[[Trial], Trial] = keep_trial) -> None:
        """The same through a member of the ensemble."""
        device = choose_device()
        encoder, _ = load_member(member, device)
        require_neurons(member, encoder, self.mouse, Recording(Path(self.recording)).num_neurons)
        self.run(encoder, device, alter)


def clip_job(
    mouse: str, files: Mapping, params: Mapping, output: str, checkpoint_s: float
) -> ClipJob:
    """The job of a rule from its named inputs and params."""
    return ClipJob(
        mouse,
        files["recording"],
        files["sets"],
        files["alpha"],
        params["update_threshold"],
        params["max_frames"],
        DescentSettings(**params["settings"]),
        output,
        params["code"],
        checkpoint_s,
    )
