"""Where files lie: results/<stage>/<key>-<value>_<key>-<value>/<name>."""

from dataclasses import dataclass
from pathlib import PurePosixPath


def joined(**entities: object) -> str:
    """`mouse-A_clip-0`: what a file is of, as a part of its path."""
    return "_".join(f"{key}-{value}" for key, value in entities.items())


@dataclass(frozen=True)
class Paths:
    """Every path under the results of one run; a wildcard such as `{mouse}` stays one."""

    root: str = "results"

    def result(self, stage: str, name: str, **entities: object) -> str:
        """A file of a stage."""
        return str(PurePosixPath(self.root, stage, joined(**entities), name))

    def figure(self, name: str, ending: str, **entities: object) -> str:
        """A figure's svg or png, or the csv with the plotted numbers."""
        return self.result(
            "figures", f"{'_'.join(filter(None, [name, joined(**entities)]))}.{ending}"
        )

    def film(self, name: str, **entities: object) -> str:
        """A film of one mouse, of one kind of stimuli, or of all."""
        return self.result(
            "figures/movies", f"{'_'.join(filter(None, [name, joined(**entities)]))}.mp4"
        )

    def log(self, rule: str, **entities: object) -> str:
        """The log of a rule's job; its provenance lies beside it."""
        return self.result(f"logs/{rule}", f"{joined(**entities) or 'all'}.log")

    def benchmark(self, rule: str, **entities: object) -> str:
        """Seconds and memory of a rule's job."""
        return self.result(f"benchmarks/{rule}", f"{joined(**entities) or 'all'}.tsv")
