"""Artificial stimuli: where their files lie, who sees them and what they are made from."""


def stimulus_file(name, mouse="{mouse}", kind="{kind}", **entities):
    return result("reconstruct/stimuli", name, kind=kind, mouse=mouse, **entities)


def stimulus_scores(name, mouse="{mouse}", kind="{kind}"):
    return result("evaluate/stimuli", name, kind=kind, mouse=mouse)


def stimulus_table(name):
    """A table over all mice that see a kind."""
    return result("evaluate/stimuli", name, kind="{kind}")


def mice_of_stimuli(kind):
    return MICE[: STIMULI["num_mice"][kind]]


def settings_of_stimuli(wildcards):
    return STIMULI[wildcards.kind]


def predictors_of_stimuli(wildcards):
    """Whose prediction is reconstructed from."""
    if STIMULI["target"] == "member":
        return members_of_movie(wildcards)
    return member_files("member.pt")


def stimulus_movies(wildcards):
    """The movies of every member for one mouse and kind."""
    return [
        stimulus_file("movies.h5", wildcards.mouse, wildcards.kind, member=member)
        for member in movie_members(wildcards)
    ]


def stimulus_scores_of_mice(wildcards):
    kind = wildcards.kind
    return [stimulus_scores("scores.csv", mouse, kind) for mouse in mice_of_stimuli(kind)]


def examples_of_stimuli(wildcards):
    """Stimuli to look at, of the first mouse."""
    return stimulus_scores("examples.h5", mice_of_stimuli(wildcards.kind)[0], wildcards.kind)


def scores_of_examples(wildcards):
    return stimulus_scores("scores.csv", mice_of_stimuli(wildcards.kind)[0], wildcards.kind)
