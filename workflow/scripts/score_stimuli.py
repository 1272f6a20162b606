from _run import start

start(snakemake)

from evaluate.stimuli import StimulusScoring, average_numbered, read_numbered
from masks.thresholds import mask_above, read_alpha
from recordings.artificial.stimuli import stimulus_settings
from recordings.csv_table import write_table

params, of = snakemake.params, snakemake.wildcards
alpha_HW = read_alpha(snakemake.input.alpha)
mask_HW = mask_above(alpha_HW, params.evaluation_threshold, "masks.evaluation_threshold")
members = [read_numbered(path) for path in snakemake.input.movies]
settings = stimulus_settings(of.kind, params.stimuli)
scoring = StimulusScoring(
    of.mouse, settings, average_numbered(members), members, mask_HW, params.skip_frames
)
table = scoring.table()
scoring.write_examples(snakemake.output.examples)
write_table(snakemake.output.scores, table)
