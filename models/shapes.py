"""Legend of the axis suffixes that tensors carry: video_BCTHW, rate_BNT, alpha_HW.

B batch, M member, N neuron, C channel, T time (frames), H height (rows), W width (columns),
K window, P position on the feature map.

Input channels C: 0 movie (0..255), 1 pupil size, 2 running speed, 3 pupil centre x, 4 pupil centre y.
"""

NUM_CHANNELS = 5
