"""The core of DwiseNeuro as the published modules compute it: maps (B, C, T, H, W), three-dimensional convolutions."""

import torch
import torch.nn.functional as F

from models.dwiseneuro import Core, InvertedResidual, Norm, tile_channels


def core_in_3d(core: Core, inputs: torch.Tensor) -> torch.Tensor:
    """The core's output from maps stored (B, C, T, H, W), by the convolutions of that layout."""
    maps = norm_in_3d(core.stem[1], F.conv3d(inputs, core.stem[0].weight))
    for block in core.blocks:
        if not isinstance(block, InvertedResidual):
            maps = block(maps.movedim(1, -1)).movedim(-1, 1)
            continue
        main = norm_in_3d(block.conv_pw[1], F.conv3d(maps, block.conv_pw[0].weight))
        for (conv, norm), step in ((block.spat_covn_dw, block.stride), (block.temp_covn_dw, 1)):
            padding = tuple(size // 2 for size in conv.kernel_size)
            main = F.conv3d(
                main, conv.weight, None, (1, step, step), padding, groups=len(conv.weight)
            )
            main = norm_in_3d(norm, main)
        main = block.se(main.movedim(1, -1)).movedim(-1, 1)
        main = norm_in_3d(block.conv_pwl[1], F.conv3d(main, block.conv_pwl[0].weight))
        shortcut = maps[..., :: block.stride, :: block.stride].movedim(1, -1)
        shortcut = tile_channels(shortcut, block.outputs).movedim(-1, 1)
        maps = block.drop_path(main) + norm_in_3d(block.bn_sc, shortcut)
    return maps.movedim(1, -1)


def norm_in_3d(norm: Norm, maps: torch.Tensor) -> torch.Tensor:
    bn = norm.bn
    moments = (bn.running_mean, bn.running_var, bn.weight, bn.bias)
    return norm.act(F.batch_norm(maps, *moments, bn.training, bn.momentum, bn.eps))
