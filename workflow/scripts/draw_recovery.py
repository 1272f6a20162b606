from _run import start

start(snakemake)

import numpy as np
import pandas as pd

from figures.fields import read_mouse_fields
from figures.recovery import figure_recovery, recovery_table
from figures.save import save_figure

given, params = snakemake.input, snakemake.params
tables, masks, coverages = {}, {}, {}
rows = zip(params.mice, given.fields, given.alphas, given.neurons, given.coverages, strict=True)
for mouse, fields, alpha, neurons, coverage in rows:
    one = read_mouse_fields(mouse, fields, alpha)
    tables[mouse] = recovery_table(one, pd.read_csv(neurons))
    masks[mouse], coverages[mouse] = one.alpha_HW, np.load(coverage, allow_pickle=False)
figure = figure_recovery(tables, masks, coverages)
save_figure(figure, *snakemake.output, pd.concat(tables.values(), ignore_index=True), params.dpi)
