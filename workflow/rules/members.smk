"""Members of the ensemble: where they come from, and what they make."""


def encoder_of_member(wildcards):
    return parse_member(wildcards.member).encoder


def settings_of_member(wildcards):
    """Size of the member's encoder."""
    return MODELS[encoder_of_member(wildcards)]


def training_of_member(wildcards):
    """How the member is trained; a teacher learns from no teacher."""
    member = parse_member(wildcards.member)
    training = MODELS["training"][member.encoder]
    return training | {"distillation_share": 0.0} if member.is_teacher else training


def teacher_of_member(wildcards):
    """The member that is trained first, where this one learns from it."""
    if training_of_member(wildcards)["distillation_share"] == 0:
        return []
    return result("models", "member.pt", member=f"{wildcards.member}{TEACHER}")


def seed_of_member(wildcards):
    return parse_member(wildcards.member).seed


def fetched_file(file):
    """The record of a file of the archive."""
    return result("recordings/archive", f"{file}.json")


def checkpoint_of_member(wildcards):
    """A file of the archive has its record made first; a file of the user is there."""
    member = LOADED[wildcards.member]
    return fetched_file(member.archived) if member.archived else member.path


def path_of_member(wildcards):
    return LOADED[wildcards.member].path


def packed_recording(mouse):
    """The recording of a mouse, packed for training."""
    return result("recordings", "packed", mouse=mouse)


def member_files(name):
    """One file of every member of the ensemble."""
    return [result("models", name, member=member) for member in MEMBERS]


def members_of_alpha():
    """The members that a transparency mask is found through."""
    count = ALPHA_SETTINGS["num_members"] if MASKS["alpha"]["method"] == "robust" else 1
    return member_files("member.pt")[:count]


def stimulus_settings():
    """What decides the responses to sparse noise; what is made of them comes later."""
    names = ("smallest_change", "full_share")
    return {name: value for name, value in MASKS["fields"].items() if name not in names}
