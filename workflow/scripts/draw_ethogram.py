from _run import start

start(snakemake)

from evaluate.activity_file import read_activity
from figures.ethogram import Ethogram, ethogram_table, figure_ethogram
from figures.save import save_figure
from figures.tables import read_table

mouse, number, params = snakemake.wildcards.mouse, int(snakemake.wildcards.clip), snakemake.params
frames = read_table(snakemake.input.frames)
activities = read_activity(snakemake.input.activity, number)
of_clip = frames[frames["clip"] == number]
ethogram = Ethogram.of(of_clip, activities, params.num_neurons, params.frame_rate_hz)
figure = figure_ethogram(ethogram, title=f"mouse {mouse}, clip {number}")
save_figure(figure, *snakemake.output, ethogram_table(ethogram), params.dpi)
