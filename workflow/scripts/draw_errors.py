from _run import start

start(snakemake)

from figures.compared import errors_table, read_compared
from figures.errors import View, figure_errors
from figures.save import save_figure

given, params, number = snakemake.input, snakemake.params, int(snakemake.wildcards.clip)
compared = read_compared(snakemake.wildcards.mouse, given.clips, given.predicted)
view = View(params.frame_rate_hz, params.skip_frames, params.error_limit)
table = errors_table(compared, params.frame_rate_hz)
figure = figure_errors(compared, number, view)
save_figure(figure, *snakemake.output, table[table["clip"] == number], params.dpi)
