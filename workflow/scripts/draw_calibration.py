from _run import start

start(snakemake)

from figures.save import save_figure
from figures.tables import read_table
from figures.uncertainty import figure_calibration

coverage, bins = (read_table(snakemake.input[name]) for name in ("coverage", "bins"))
figure = figure_calibration(coverage, bins)
save_figure(figure, *snakemake.output, coverage, snakemake.params.dpi)
