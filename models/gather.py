"""Reading maps at fixed places: the bilinear weights of each place as a sparse matrix, forward and backward.

Three to four times faster than `grid_sample` on a CPU, where the places are many and need no gradient.
"""

import warnings

import torch
from jaxtyping import Float
from torch import Tensor


def gather_at(
    maps: Float[Tensor, "B C h w"], position_N2: Float[Tensor, "N 2"]
) -> Float[Tensor, "B C N"]:
    """Values at x, y in -1..1 (edges of the map), bilinear; beyond the outermost pixel centres they repeat."""
    height, width = maps.shape[2:]
    pixel_N4, weight_N4 = bilinear_weights(position_N2.to(maps), height, width)
    pixels = maps.flatten(2).flatten(0, 1).T.contiguous()
    values = _Gather.apply(pixels, pixel_N4, weight_N4)
    return values.T.unflatten(0, maps.shape[:2])


def bilinear_weights(position_N2: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """The four pixels around each place, as places in the flattened map, and their weights."""
    lows, highs, shares = [], [], []
    for axis, length in ((0, width), (1, height)):
        place = (((position_N2[:, axis] + 1) * length - 1) / 2).clamp(0, length - 1)
        low = place.floor().long()
        lows.append(low)
        highs.append((low + 1).clamp(max=length - 1))
        shares.append(place - low)
    pixels, weights = [], []
    for row, down in ((lows[1], 1 - shares[1]), (highs[1], shares[1])):
        for column, right in ((lows[0], 1 - shares[0]), (highs[0], shares[0])):
            pixels.append(row * width + column)
            weights.append(down * right)
    return torch.stack(pixels, dim=1), torch.stack(weights, dim=1)


class _Gather(torch.autograd.Function):
    """Sparse matrix (places x pixels) times pixels; its transpose times the gradient."""

    @staticmethod
    def forward(ctx, pixels_PX: Tensor, pixel_N4: Tensor, weight_N4: Tensor) -> Tensor:
        num_places, num_pixels = len(pixel_N4), len(pixels_PX)
        place_N4 = torch.arange(num_places, device=pixel_N4.device)[:, None].expand(-1, 4)
        ctx.save_for_backward(pixel_N4.flatten(), place_N4.flatten(), weight_N4.flatten())
        ctx.shape = num_pixels, num_places
        matrix = sparse_matrix(
            place_N4.flatten(), pixel_N4.flatten(), weight_N4.flatten(), ctx.shape[::-1]
        )
        return matrix @ pixels_PX

    @staticmethod
    def backward(ctx, gradient_NX: Tensor) -> tuple[Tensor, None, None]:
        return sparse_matrix(*ctx.saved_tensors, ctx.shape) @ gradient_NX.contiguous(), None, None


def sparse_matrix(row: Tensor, column: Tensor, value: Tensor, shape: tuple[int, int]) -> Tensor:
    order = torch.argsort(row, stable=True)
    starts = torch.zeros(shape[0] + 1, dtype=torch.long, device=row.device)
    starts[1:] = torch.bincount(row, minlength=shape[0]).cumsum(0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            starts, column[order], value[order], shape, check_invariants=False
        )
