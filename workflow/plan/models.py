"""Members of the ensemble: where they come from, and what they make."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.ensemble import TEACHER, LoadedMember, loaded_members, parse_member, trained_members
from workflow.plan.paths import Paths
from workflow.plan.recordings import RecordingsPlan


@dataclass(frozen=True)
class ModelsPlan:
    """The section `models` of the config as files."""

    paths: Paths
    config: dict[str, Any]
    recordings: RecordingsPlan

    @cached_property
    def trained(self) -> list[str]:
        return list(trained_members(self.config))

    @cached_property
    def loaded(self) -> dict[str, LoadedMember]:
        return loaded_members(self.config, self.recordings.sources["archive"])

    @property
    def members(self) -> list[str]:
        """The names of the whole ensemble."""
        return [*self.trained, *self.loaded]

    def file(self, name: str, member: str = "{member}") -> str:
        return self.paths.result("models", name, member=member)

    def table(self, name: str) -> str:
        """A table over all members."""
        return self.paths.result("models", f"{name}.csv")

    def files(self, name: str) -> list[str]:
        """One file of every member."""
        return [self.file(name, member) for member in self.members]

    def encoder_of_member(self, wildcards: Any) -> str:
        return parse_member(wildcards.member).encoder

    def seed_of_member(self, wildcards: Any) -> int:
        return parse_member(wildcards.member).seed

    def settings_of_member(self, wildcards: Any) -> dict[str, Any]:
        """Size of the member's encoder."""
        return self.config[self.encoder_of_member(wildcards)]

    def training_of_member(self, wildcards: Any) -> dict[str, Any]:
        """How the member is trained; a teacher learns from no teacher."""
        member = parse_member(wildcards.member)
        training = self.config["training"][member.encoder]
        return training | {"distillation_share": 0.0} if member.is_teacher else training

    def teacher_of_member(self, wildcards: Any) -> str | list[str]:
        """The member that is trained first, where this one learns from it."""
        if self.training_of_member(wildcards)["distillation_share"] == 0:
            return []
        return self.file("member.pt", f"{wildcards.member}{TEACHER}")

    def checkpoint_of_member(self, wildcards: Any) -> str:
        """A file of the archive has its record made first; a file of the user is there."""
        member = self.loaded[wildcards.member]
        return self.recordings.fetched_file(member.archived) if member.archived else member.path

    def path_of_member(self, wildcards: Any) -> str:
        return self.loaded[wildcards.member].path

    @property
    def trainable_pattern(self) -> str:
        """Names that `train_member` makes; none where all members are loaded."""
        return f"({'|'.join(self.trained) or '(?!)'})({TEACHER})?"

    @property
    def loadable_pattern(self) -> str:
        return "|".join(self.loaded) or "(?!)"

    def encoders_of(self, wildcards: Any) -> tuple[str, ...]:
        """Encoders behind a member; behind all of them where none is named, or none of that name is trained or loaded."""
        member = getattr(wildcards, "member", "")
        if member in self.loaded:
            return ("dwiseneuro",)
        is_trained = member.removesuffix(TEACHER) in self.trained
        return (parse_member(member).encoder,) if is_trained else tuple(self.encoders)

    @property
    def encoders(self) -> list[str]:
        """Kinds of encoders in the ensemble."""
        trained = {parse_member(name).encoder for name in self.trained}
        return sorted(trained | ({"dwiseneuro"} if self.loaded else set()))
