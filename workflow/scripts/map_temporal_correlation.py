from _run import start

start(snakemake)


from evaluate.jobs import scoring_of
from evaluate.temporal import summarise_map, temporal_map
from masks.thresholds import read_alpha
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.csv_table import write_table
from recordings.files import replace_when_done
from recordings.write_layout import save_array

given, params, mouse = snakemake.input, snakemake.params, snakemake.wildcards.mouse
scoring = scoring_of(mouse, given, params)
map_HW = temporal_map(scoring, read_movies(given.ensemble, SMOOTHED))
optimised_HW = read_alpha(given.alpha) >= params.update_threshold
summary = summarise_map(mouse, map_HW, {"optimised": optimised_HW, "scored": scoring.mask_HW})
with replace_when_done(snakemake.output.map) as path:
    save_array(path, map_HW)
write_table(snakemake.output.summary, summary)
