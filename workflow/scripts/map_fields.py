from pathlib import Path

from _run import start

start(snakemake)

from masks.fields import field_mapping, map_fields
from models.checkpoint import load_member, require_neurons
from models.data import open_mice
from models.device import choose_device
from models.frozen import freeze

mouse, device, params = snakemake.wildcards.mouse, choose_device(), snakemake.params
data = open_mice([mouse], [snakemake.input.recording], snakemake.input.sets)[mouse]
encoder = freeze(load_member(snakemake.input.member, device)[0])
require_neurons(snakemake.input.member, encoder, mouse, data.recording.num_neurons)
output, checkpoint_s = Path(snakemake.output.fields), snakemake.resources.checkpoint_s
mapping = field_mapping(encoder, mouse, data, params.settings, device)
map_fields(mapping, output, params.code, checkpoint_s)
