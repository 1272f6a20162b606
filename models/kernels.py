"""Loops over the maps of a frozen DwiseNeuro for one core of a CPU, in float32.

What PyTorch does in one pass over the memory per layer (SiLU, whose exponential function also takes half the time, filters
over time, gate, and their gradients) is one pass here. Arrays are contiguous, channels last.
"""

import numba
import numpy as np

FAST = {"contract", "reassoc", "arcp", "nsz", "afn"}
"""what may be reordered; NaN stays NaN"""
LIMIT, LOG2E = np.float32(30.0), np.float32(-1.4426950408889634)
HALF, ONE = np.float32(0.5), np.float32(1.0)
# Taylor series of 2^f for |f| <= 1/2: relative error 1e-7
C1, C2, C3, C4, C5, C6 = (
    np.float32(np.log(2) ** k / np.prod(range(1, k + 1))) for k in range(1, 7)
)

inlined = numba.njit(fastmath=FAST, error_model="numpy", inline="always")


def compiled(function):
    """Compile at the first use; keep the result beside the file or in the user's cache, without a cache where neither can be written."""
    options = {"fastmath": FAST, "error_model": "numpy"}
    try:
        return numba.njit(function, cache=True, **options)
    except RuntimeError:  # numba found no folder
        return numba.njit(function, **options)


@inlined
def _sigmoid(x):
    exponent = min(max(x, -LIMIT), LIMIT) * LOG2E
    whole = np.floor(exponent + HALF)
    f = exponent - whole
    power = ((((((C6 * f + C5) * f + C4) * f + C3) * f + C2) * f + C1) * f) + ONE
    scale = np.int32((np.int32(whole) + np.int32(127)) << np.int32(23)).view(np.float32)
    return ONE / (ONE + power * scale)


@inlined
def _slope(x):
    """Derivative of SiLU."""
    s = _sigmoid(x)
    return s * (ONE + x * (ONE - s))


@compiled
def silu(x, out):
    x, out = x.reshape(-1), out.reshape(-1)
    for i in range(x.size):
        out[i] = x[i] * _sigmoid(x[i])


@compiled
def silu_back(gradient, x):
    """In place."""
    gradient, x = gradient.reshape(-1), x.reshape(-1)
    for i in range(x.size):
        gradient[i] *= _slope(x[i])


@compiled
def widen(inputs_TIP, weight_IM, bias_TPM, out_TPM):
    """SiLU of five channels widened, with a bias per frame and pixel."""
    a, b, c, d, e = weight_IM[0], weight_IM[1], weight_IM[2], weight_IM[3], weight_IM[4]
    for t in range(out_TPM.shape[0]):
        for p in range(out_TPM.shape[1]):
            i, j, k = inputs_TIP[t, 0, p], inputs_TIP[t, 1, p], inputs_TIP[t, 2, p]
            n, o = inputs_TIP[t, 3, p], inputs_TIP[t, 4, p]
            bias, out = bias_TPM[t, p], out_TPM[t, p]
            for m in range(out.size):
                x = bias[m] + i * a[m] + j * b[m] + k * c[m] + n * d[m] + o * e[m]
                out[m] = x * _sigmoid(x)


@compiled
def widen_back(gradient_TPM, inputs_TIP, weight_IM, bias_TPM, total_TIP):
    a, b, c, d, e = weight_IM[0], weight_IM[1], weight_IM[2], weight_IM[3], weight_IM[4]
    for t in range(gradient_TPM.shape[0]):
        for p in range(gradient_TPM.shape[1]):
            i, j, k = inputs_TIP[t, 0, p], inputs_TIP[t, 1, p], inputs_TIP[t, 2, p]
            n, o = inputs_TIP[t, 3, p], inputs_TIP[t, 4, p]
            bias, gradient = bias_TPM[t, p], gradient_TPM[t, p]
            u = v = w = y = z = np.float32(0.0)
            for m in range(gradient.size):
                x = bias[m] + i * a[m] + j * b[m] + k * c[m] + n * d[m] + o * e[m]
                g = gradient[m] * _slope(x)
                u += g * a[m]
                v += g * b[m]
                w += g * c[m]
                y += g * d[m]
                z += g * e[m]
            total_TIP[t, 0, p], total_TIP[t, 1, p], total_TIP[t, 2, p] = u, v, w
            total_TIP[t, 3, p], total_TIP[t, 4, p] = y, z


@inlined
def _filter(rows, weight_KX, t, out):
    """Add to `out` the frames from `t` on, weighted."""
    for k in range(weight_KX.shape[0]):
        weight, row = weight_KX[k], rows[t + k]
        for x in range(out.size):
            out[x] += weight[x] * row[x]


@compiled
def filter_time(maps_TX, weight_KX, bias_X, filtered_TX, active_TX):
    """SiLU, a filter over time per channel, SiLU: the filtered maps before and after the last SiLU.

    Pixels and channels are one axis; weights and bias are those of as many pixels as are worked on at once.
    """
    num_frames, size = maps_TX.shape
    num_weights, width = weight_KX.shape
    rows = np.zeros((num_frames + num_weights - 1, width), np.float32)
    for first in range(0, size, width):
        part = slice(first, min(first + width, size))
        for t in range(num_frames):
            source, row = maps_TX[t, part], rows[t + num_weights // 2]
            for x in range(source.size):
                row[x] = source[x] * _sigmoid(source[x])
        for t in range(num_frames):
            filtered, active = filtered_TX[t, part], active_TX[t, part]
            filtered[:] = bias_X[: filtered.size]
            _filter(rows, weight_KX, t, filtered)
            for x in range(filtered.size):
                active[x] = filtered[x] * _sigmoid(filtered[x])


@compiled
def filter_time_back(gradient_TX, scale_X, shift_X, filtered_TX, maps_TX, weight_KX):
    """In place: from scale * gradient + shift after `filter_time` to the gradient before it; weights in reverse."""
    num_frames, size = maps_TX.shape
    num_weights, width = weight_KX.shape
    rows = np.zeros((num_frames + num_weights - 1, width), np.float32)
    for first in range(0, size, width):
        part = slice(first, min(first + width, size))
        for t in range(num_frames):
            gradient, filtered = gradient_TX[t, part], filtered_TX[t, part]
            row = rows[t + (num_weights - 1) // 2]
            for x in range(gradient.size):
                row[x] = (gradient[x] * scale_X[x] + shift_X[x]) * _slope(filtered[x])
        for t in range(num_frames):
            gradient, source = gradient_TX[t, part], maps_TX[t, part]
            gradient[:] = 0
            _filter(rows, weight_KX, t, gradient)
            for x in range(gradient.size):
                gradient[x] *= _slope(source[x])


@compiled
def gate_gradient(gradient_TPM, filtered_TPM, total_M):
    """Sum over frames and pixels of the gradient times the SiLU of the filtered maps."""
    row = np.empty(total_M.size, np.float32)
    total_M[:] = 0
    for t in range(gradient_TPM.shape[0]):
        row[:] = 0
        for p in range(gradient_TPM.shape[1]):
            gradient, filtered = gradient_TPM[t, p], filtered_TPM[t, p]
            for m in range(row.size):
                row[m] += gradient[m] * filtered[m] * _sigmoid(filtered[m])
        for m in range(row.size):
            total_M[m] += row[m]
