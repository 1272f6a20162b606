from _run import start

start(snakemake)

from figures.relations import figure_relations
from figures.save import save_figure
from figures.tables import read_table

given, params = snakemake.input, snakemake.params
clips, fits, lags = (read_table(given[name]) for name in ("relations", "fits", "lags"))
figure = figure_relations(clips, fits, lags, params.frame_rate_hz)
save_figure(figure, *snakemake.output, clips, params.dpi)
