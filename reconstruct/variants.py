"""Variants of the standard run: each changes what it names and nothing else, and shares with the others what is equal."""

STANDARD, PREDICTED = "standard", "predicted"
CHANGEABLE = (
    "method",
    "target",
    "ensembling",
    "population",
    "map",
    "paper",
    "smoothing",
    "update",
)
"""keys of `reconstruct`, and `masks.update`"""
MOST_LINES = 6
"""of variants in one figure: more cannot be told apart"""


def variant_names(config: dict) -> list[str]:
    """The standard run and the variants that are to be run."""
    return [STANDARD, *config["variants"]["run"]]


def variant_config(config: dict, variant: str) -> dict:
    """The config as a variant has it."""
    if variant == STANDARD:
        return config
    changes = dict(config["variants"]["changes"][variant])
    overlay = {"masks": {"update": changes.pop("update", config["masks"]["update"])}}
    return lay_over(config, overlay | {"reconstruct": changes})


def lay_over(base: dict, overlay: dict) -> dict:
    """Keys of the overlay replace those of the base, block by block."""
    merged = dict(base)
    for key, value in overlay.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = lay_over(base[key], value) if both else value
    return merged


def has_errors(config: dict) -> bool:
    """Whether `predicted` is run, from predicted activity, beside a standard run from recorded activity: error maps are their difference."""
    if PREDICTED not in config["variants"]["run"]:
        return False
    runs = (variant_config(config, name) for name in (STANDARD, PREDICTED))
    return [run["reconstruct"]["target"] for run in runs] == ["recorded", "predicted"]


def movie_settings(reconstruct: dict) -> dict:
    """What decides the movies of a member: not the other method's block, not ensembling and smoothing."""
    method = reconstruct["method"]
    shared = {name: reconstruct[name] for name in ("max_frames", "target", "population", "output")}
    return {"method": method, "descent": reconstruct[method], **shared}


def maker_of(config: dict, variant: str) -> str:
    """The first variant that the config knows with the same movies: so it makes them, whichever of them are run."""
    wanted = decides_movies(variant_config(config, variant))
    return next(
        name
        for name in [STANDARD, *config["variants"]["changes"]]
        if decides_movies(variant_config(config, name)) == wanted
    )


def decides_movies(config: dict) -> tuple:
    """`map` needs no mask, so nothing of `masks` decides its movies."""
    reconstruct = config["reconstruct"]
    return movie_settings(reconstruct), reconstruct["ensembling"], method_and_mask(config)


def with_own_movies(config: dict) -> list[str]:
    """The standard run and the variants of the run whose movies no earlier one has."""
    found: dict[str, tuple] = {}
    for name in variant_names(config):
        decided = decides_movies(variant_config(config, name))
        if decided not in found.values():
            found[name] = decided
    return list(found)


def with_own_lines(config: dict, most: int = MOST_LINES) -> list[str]:
    """Those of them that a figure of masks draws: all, or where they are too many the standard run and the first ones of another method or update mask."""
    names = with_own_movies(config)
    if len(names) <= most:
        return names
    standard = method_and_mask(config)
    others = [n for n in names[1:] if method_and_mask(variant_config(config, n)) != standard]
    return [STANDARD, *others][:most]


def method_and_mask(config: dict) -> tuple:
    method = config["reconstruct"]["method"]
    return method, config["masks"]["update"] if method == "paper" else None


def populations(config: dict) -> dict[str, list[str]]:
    """Variants that differ from the standard run by the number of neurons alone, by what is done to the others."""
    found: dict[str, dict[float, str]] = {}
    for name in variant_names(config)[1:]:
        merged = variant_config(config, name)
        population, standard = (c["reconstruct"]["population"] for c in (merged, config))
        reduced = population["share"] < standard["share"] and population["seed"] == standard["seed"]
        whole = lay_over(merged, {"reconstruct": {"population": standard}})
        names = found.setdefault(population["others"], {})
        if whole == config and reduced and population["share"] not in names:
            names[population["share"]] = name
    return {mode: list(names.values()) for mode, names in found.items() if names}


def variant_problems(config: dict) -> list[str]:
    """Names that are not there, and changes of what a variant cannot change; one sentence each."""
    known = config["variants"]["changes"]
    problems = [
        f"variants.run: {name} is none of variants.changes; those are {', '.join(known)}"
        for name in config["variants"]["run"]
        if name not in known
    ]
    if STANDARD in known:
        problems.append(
            f"variants.changes.{STANDARD}: the run without changes has this name; choose another"
        )
    return problems + [
        f"variants.changes.{name}.{key}: a variant cannot change this; it may change {', '.join(CHANGEABLE)}"
        for name, changes in known.items()
        for key in changes
        if key not in CHANGEABLE
    ]
