"""From trials to descents: what the clips of one mouse share, and how each method begins, moves and is read."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from models.encoder import Encoder
from reconstruct.descent import Evaluation, Problem, State, descend
from reconstruct.lbfgs import accepted_params, lbfgs_update
from reconstruct.likelihood import Chunk
from reconstruct.paper import momentum_update, paper_problem, start_movies
from reconstruct.posterior import in_units_of_noise, map_problem
from reconstruct.prior import Spectrum
from reconstruct.settings import (
    SILENCED,
    MapSettings,
    PaperSettings,
    PopulationSettings,
)
from reconstruct.target import Target, draw_share, hold_out, make_target, remove, silence
from recordings.reader import Trial


@dataclass(frozen=True)
class Descent:
    """A batch of clips of one length, ready to go."""

    trials: list[Trial]
    problem: Problem
    state: State
    update: Callable[[State, Evaluation], None]
    num_iterations: int
    read: Callable[[State], Float[Tensor, "B T H W"]]
    """the movies on the screen"""

    def run(
        self, observe: Callable[[State, Evaluation], None] = lambda state, found: None
    ) -> State:
        stop = lambda state: state.iteration >= self.num_iterations  # noqa: E731
        return descend(self.state, self.problem.evaluate, self.update, stop, observe)

    def movies(self, state: State) -> Float[np.ndarray, "B T H W"]:
        return self.read(state).cpu().numpy()


@dataclass(frozen=True)
class Reconstructor:
    """The members that one movie is made from, the mouse, the mask: everything that the clips of a job share."""

    encoders: tuple[Encoder, ...]
    mouse: str
    mouse_index: int
    mask_HW: np.ndarray
    """pixels of the screen that the published method optimises; the others stay as they start"""
    population: PopulationSettings
    device: str = "cpu"
    chunk: Chunk = field(default_factory=Chunk)
    noise_N: Float[Tensor, " N"] | None = None
    """of the neurons, in which `map` measures their misfit; without it all count the same"""

    def __post_init__(self):
        if len({encoder.spec for encoder in self.encoders}) > 1:
            raise ValueError(
                "reconstruct.ensembling: gradients need members that see the movie alike; choose members of one "
                "encoder, or ensembling: movies"
            )

    def target(self, trials: list[Trial], places: list[int]) -> Target:
        """The clips' responses; `places` are the clips' places among all clips of the mouse."""
        num_neurons = self.encoders[0].num_neurons[self.mouse]
        target = make_target(self.mouse, trials, num_neurons, self.device)
        population = self.population
        if population.share == 1:
            return target
        kept = [
            draw_share(num_neurons, population.share, self.population_seed(place))
            for place in places
        ]
        choose = silence if population.others == SILENCED else remove
        return choose(target, torch.stack(kept).to(self.device))

    def population_seed(self, place: int) -> int:
        # paper: (trial + 1) * (mouse + 1), so that all members and shares agree (method 1.1, step 5).
        return (place + 1) * (self.mouse_index + 1) + 1_000_003 * self.population.seed

    def by_paper(self, trials: list[Trial], places: list[int], settings: PaperSettings) -> Descent:
        spec = self.encoders[0].spec
        # paper: the update mask may hold padding rows there; here only the screen is optimised.
        mask_HW = spec.place(torch.from_numpy(self.mask_HW).float(), padding=0.0).to(self.device)
        target = self.target(trials, places)
        problem = paper_problem(self.encoders, target, mask_HW, settings, self.chunk)
        return Descent(
            trials,
            problem,
            State(start_movies(trials, spec, settings).to(self.device)),
            momentum_update(settings),
            settings.num_iterations,
            lambda state: state.params[..., *spec.screen],
        )

    def by_map(
        self,
        trials: list[Trial],
        places: list[int],
        settings: MapSettings,
        spectrum: Spectrum,
        weight: float,
        choosing: bool = False,
    ) -> Descent:
        """Up to `settings.num_iterations` at the prior's weight; while choosing, some neurons are only watched."""
        target = self.target(trials, places)
        if self.noise_N is not None:
            target = in_units_of_noise(target, self.noise_N)
        if choosing:
            target = hold_out(target, settings.held_out_share, settings.seed)
        prior = spectrum.prior(target.num_frames, self.device)
        problem = map_problem(
            self.encoders,
            target,
            prior,
            weight,
            settings.window_stride_frames,
            self.chunk,
        )
        shape = (len(trials), *prior.amplitude_THW.shape)
        return Descent(
            trials,
            problem,
            State(torch.zeros(shape, device=self.device)),
            lbfgs_update,
            settings.num_iterations,
            lambda state: prior.movie_of(accepted_params(state)),
        )
