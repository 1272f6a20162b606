"""Responses of a simulated population that knows only which movie it saw: rare events, most of them repeated."""

from dataclasses import dataclass

import numpy as np

EVENT_SHARE, REPEATED_SHARE = 0.06, 0.6
"""of a neuron's frames that hold an event; of the events that come again whenever the movie does"""
MEDIAN_EVENT, EVENT_SPREAD = 25.0, 0.8
"""mean size of a neuron's events: median over neurons, and standard deviation of its logarithm"""
MOST_FRAMES = 512
ROUNDING = 1e-7
"""silence is stored as something between -1e-7 and 0"""
NUM_PLANES, PLANE_STEP_UM, FIRST_PLANE_UM = 10, 25, 200
FIELD_OF_VIEW_UM = 615


@dataclass(frozen=True)
class Population:
    """The neurons of one mouse."""

    seed: tuple[int, ...]
    unit_ids_N: np.ndarray
    coordinates_um_N3: np.ndarray
    event_size_N: np.ndarray


def draw_population(num_neurons: int, seed: tuple[int, ...]) -> Population:
    """Neurons in ten planes 25 um apart, no two at one place; their ids increase with gaps."""
    rng = np.random.default_rng(seed)
    unit_ids = np.cumsum(rng.integers(1, 3, num_neurons))
    plane_N = rng.permutation(np.arange(num_neurons) % NUM_PLANES)
    places = rng.choice(FIELD_OF_VIEW_UM**2, num_neurons, replace=False)
    corner = rng.integers(-1500, 0, 2)
    across = np.stack(np.divmod(places, FIELD_OF_VIEW_UM), axis=1) + corner
    coordinates = np.column_stack([across, FIRST_PLANE_UM + PLANE_STEP_UM * plane_N])
    size = MEDIAN_EVENT * rng.lognormal(0, EVENT_SPREAD, num_neurons)
    return Population(seed, unit_ids, coordinates, size)


def respond(
    population: Population, movie: tuple[int, ...], trial: int, num_frames: int
) -> np.ndarray:
    """Responses (N, T) to one showing of a movie; two showings share most of their events."""
    assert num_frames <= MOST_FRAMES
    shown = np.random.default_rng([*population.seed, 1, *movie])
    noise = np.random.default_rng([*population.seed, 2, trial])
    size_N, shape = population.event_size_N, (len(population.event_size_N), num_frames)
    response_NT = noise.uniform(-ROUNDING, 0, shape)
    for rng, share in ((shown, REPEATED_SHARE), (noise, 1 - REPEATED_SHARE)):
        num_events = int(EVENT_SHARE * share * len(size_N) * MOST_FRAMES)
        neuron, frame = (
            rng.integers(len(size_N), size=num_events),
            rng.integers(MOST_FRAMES, size=num_events),
        )
        height = rng.exponential(1.0, num_events) * noise.lognormal(0, 0.3, num_events)
        seen = frame < num_frames
        neuron, frame, height = neuron[seen], frame[seen], height[seen]
        np.add.at(response_NT, (neuron, frame), height * size_N[neuron])
    return response_NT


@dataclass
class Statistics:
    """Sums over the frames of every response that is not withheld, neuron by neuron."""

    num_frames: int
    sum_N: np.ndarray
    squares_N: np.ndarray
    lowest_N: np.ndarray
    highest_N: np.ndarray

    @classmethod
    def empty(cls, num_neurons: int) -> "Statistics":
        """Nothing seen yet."""
        zeros, infinite = np.zeros(num_neurons), np.full(num_neurons, np.inf)
        return cls(0, zeros, zeros.copy(), infinite, -infinite)

    def add(self, stored_NT: np.ndarray) -> None:
        """Take in the valid frames of a trial as they are stored."""
        values = stored_NT.astype(np.float64)
        self.num_frames += values.shape[1]
        self.sum_N += values.sum(axis=1)
        self.squares_N += (values**2).sum(axis=1)
        self.lowest_N = np.minimum(self.lowest_N, values.min(axis=1))
        self.highest_N = np.maximum(self.highest_N, values.max(axis=1))

    def columns(self) -> dict[str, np.ndarray]:
        """Mean, lowest, highest and (population) standard deviation, named as in the published tables."""
        mean_N = self.sum_N / self.num_frames
        variance_N = self.squares_N / self.num_frames - mean_N**2
        return {
            "mean_activation": mean_N,
            "min_activation": self.lowest_N,
            "max_activation": self.highest_N,
            "std_activation": np.sqrt(np.maximum(variance_N, 0)),
        }
