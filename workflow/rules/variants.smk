"""The standard run and its variants: what their movies are made from, and by whom. Controls belong to the standard run."""


def config_of(wildcards):
    return variant_config(config, getattr(wildcards, "variant", STANDARD))


def reconstruct_of(wildcards):
    return config_of(wildcards)["reconstruct"]


def settings_of_movies(wildcards):
    """What the reconstruct rules read."""
    return movie_settings(reconstruct_of(wildcards))


def settings_of_bound(wildcards):
    """The true neurons answer to what was recorded, whatever the target."""
    return settings_of_movies(wildcards) | {"target": "recorded"}


def columns_of_variant(wildcards):
    """What the table of scores tells of a variant."""
    reconstruct = reconstruct_of(wildcards)
    population = {name: reconstruct["population"][name] for name in ("share", "others")}
    return {"variant": wildcards.variant, "method": reconstruct["method"], **population}


def smoothing_of_variant(wildcards):
    return reconstruct_of(wildcards)["smoothing"]


def update_mask(wildcards):
    """The mask that a movie is optimised in; `map` has a prior instead, and depends on no mask."""
    method = reconstruct_of(wildcards)["method"]
    return alpha_file(wildcards.mouse) if method == "paper" else []


def threshold_of_movie(wildcards):
    is_paper = reconstruct_of(wildcards)["method"] == "paper"
    return update_threshold(config_of(wildcards)["masks"]) if is_paper else None


def spectrum_file(wildcards):
    """Of the training movies, where the method has a prior."""
    method = reconstruct_of(wildcards)["method"]
    return result("reconstruct", "spectrum.h5") if method == "map" else []


def movie_members(wildcards):
    """Who makes movies: every member its own, or all of them together one."""
    return ["joint"] if reconstruct_of(wildcards)["ensembling"] == "gradients" else MEMBERS


def members_of_movie(wildcards):
    """The members behind a movie; a control takes the first."""
    member = getattr(wildcards, "member", movie_members(wildcards)[0])
    if member == "joint":
        return member_files("member.pt")
    return [result("models", "member.pt", member=member)]


def predictors(wildcards):
    """The members whose predictions are the target, where that is not the recorded activity."""
    target = reconstruct_of(wildcards)["target"]
    return member_files("member.pt") if target == "predicted" else []


def movies_of_members(wildcards):
    """The movies of every member for one mouse, made by the first variant that has the same."""
    maker = maker_of(config, getattr(wildcards, "variant", STANDARD))
    return [
        result(f"reconstruct/{maker}", "movies.h5", mouse=wildcards.mouse, member=member)
        for member in movie_members(wildcards)
    ]


def ensemble_file(variant, mouse="{mouse}"):
    return result(f"reconstruct/{variant}", "ensemble.h5", mouse=mouse)


def variant_table(name, variant="{variant}", mouse="{mouse}"):
    return result("evaluate/variants", name, variant=variant, mouse=mouse)
