"""The simulated neurons as a differentiable model: a movie and the mouse's behaviour in, expected responses out."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from recordings.simulate.fields import (
    ENERGY,
    GAZE_GAIN,
    KERNEL_FRAMES,
    NeuronParameters,
    spatial_filters,
    temporal_filters,
)
from recordings.simulate.microscope import sampling_kernel

GREY = 128.0
RUNNING_UNIT = 10.0
PUPIL_MIDDLE, PUPIL_UNIT = 45.0, 12.0
SHARPNESS = 6.0
"""of the threshold: the rate fades below it instead of vanishing, so that a gradient remains"""
SILENCE = 1e-6
"""keeps the square root of an energy differentiable at zero"""


class TrueNeurons(nn.Module):
    """Linear-nonlinear and energy neurons seen through a gaze and a microscope; computes no randomness.

    Input channels: movie 0..255, pupil size, running speed, pupil centre x, pupil centre y, the last four filled
    over all pixels. Before the first frame the movie is taken to have stood still.
    """

    def __init__(self, neurons: NeuronParameters):
        super().__init__()
        kernel, self.past_frames = sampling_kernel()
        num_neurons = len(neurons.kind_N)
        arrays = {
            "spatial_KP": spatial_filters(neurons).reshape(2 * num_neurons, -1),
            "temporal_KCT": temporal_filters(neurons).reshape(2 * num_neurons, 2, KERNEL_FRAMES),
            "energy_N": neurons.kind_N == ENERGY,
            "threshold_N": neurons.threshold_N,
            "scale_N": neurons.scale_N,
            "gain_N": neurons.gain_N,
            "running_weight_N": neurons.running_weight_N,
            "pupil_weight_N": neurons.pupil_weight_N,
            "gaze_center_px_2": neurons.gaze_center_px_2,
            "sampling_T": kernel,
        }
        for name, values in arrays.items():
            self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(values)))

    def forward(self, inputs_BCTHW: Float[Tensor, "B 5 T 36 64"]) -> Float[Tensor, "B N T"]:
        """Expected response: the rate, averaged over the moments at which the microscope may look."""
        drive_BNT = self.drive(inputs_BCTHW)
        return self.observed(self.rate(drive_BNT, inputs_BCTHW[:, 1:3, :, 0, 0]))

    def drive(self, inputs_BCTHW: Float[Tensor, "B 5 T 36 64"]) -> Float[Tensor, "B N T"]:
        """What the filters give, before threshold and gain."""
        movie_BTHW = self.look(inputs_BCTHW[:, 0], inputs_BCTHW[:, 3:5, :, 0, 0])
        seen_BTK = (movie_BTHW.flatten(2) - GREY) @ self.spatial_KP.T
        seen_BKT = functional.pad(seen_BTK.mT, (KERNEL_FRAMES - 1, 0), mode="replicate")
        both_BKT = functional.conv1d(seen_BKT, self.temporal_KCT, groups=len(self.gain_N))
        first_BNT, partner_BNT = both_BKT[:, ::2], both_BKT[:, 1::2]
        energy_BNT = torch.sqrt(first_BNT**2 + partner_BNT**2 + SILENCE)
        return torch.where(self.energy_N[:, None], energy_BNT, first_BNT)

    def look(
        self, movie_BTHW: Float[Tensor, "B T H W"], gaze_B2T: Float[Tensor, "B 2 T"]
    ) -> Float[Tensor, "B T H W"]:
        """Shift the screen on the retina; a gaze to the right moves the picture to the left."""
        height, width = movie_BTHW.shape[-2:]
        shift_BT2 = GAZE_GAIN * (gaze_B2T.mT - self.gaze_center_px_2)
        size_2 = shift_BT2.new_tensor([width, height])
        axes = [(2 * torch.arange(n).to(movie_BTHW) + 1) / n - 1 for n in (width, height)]
        still_HW2 = torch.stack(torch.meshgrid(*axes, indexing="xy"), dim=-1)
        grid = still_HW2 + (2 * shift_BT2 / size_2).flatten(0, 1)[:, None, None]
        seen = functional.grid_sample(
            movie_BTHW.reshape(-1, 1, height, width),
            grid,
            padding_mode="border",
            align_corners=False,
        )
        return seen.reshape(movie_BTHW.shape)

    def rate(
        self, drive_BNT: Float[Tensor, "B N T"], state_B2T: Float[Tensor, "B 2 T"]
    ) -> Float[Tensor, "B N T"]:
        """Threshold, expand and scale the drive; `state` is pupil size and running speed.

        With u the drive above threshold in units of scale: rate = gain * modulation * u^2 / (1 + u).
        """
        pupil_BT = (state_B2T[:, 0] - PUPIL_MIDDLE) / PUPIL_UNIT
        running_BT = state_B2T[:, 1] / RUNNING_UNIT
        modulation_BNT = torch.exp(
            self.pupil_weight_N[:, None] * pupil_BT[:, None]
            + self.running_weight_N[:, None] * running_BT[:, None]
        )
        above_BNT = functional.softplus(
            (drive_BNT - self.threshold_N[:, None]) / self.scale_N[:, None], beta=SHARPNESS
        )
        return self.gain_N[:, None] * modulation_BNT * above_BNT**2 / (1 + above_BNT)

    def observed(self, rate_BNT: Float[Tensor, "B N T"]) -> Float[Tensor, "B N T"]:
        """Average over sampling phases; beyond the ends the rate is taken to stay as it is."""
        ahead_frames = len(self.sampling_T) - 1 - self.past_frames
        padded = functional.pad(rate_BNT, (self.past_frames, ahead_frames), mode="replicate")
        spread = functional.conv1d(padded.flatten(0, 1)[:, None], self.sampling_T[None, None])
        return spread.reshape(rate_BNT.shape)


def inputs_of_trial(
    video_THW: Float[np.ndarray, "T H W"], behavior_CT: Float[np.ndarray, "4 T"]
) -> Float[Tensor, "1 5 T H W"]:
    """Stack movie and behaviour as the neurons take them."""
    movie_THW = torch.from_numpy(np.asarray(video_THW, np.float32))
    behavior = torch.from_numpy(np.asarray(behavior_CT, np.float32))
    filled = behavior[:, :, None, None].expand(-1, -1, *movie_THW.shape[1:])
    return torch.cat([movie_THW[None], filled])[None]
