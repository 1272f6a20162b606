"""The classes of movies, as the published metadata names them."""

LABELS = ("NaturalVideo", "NaturalImages", "GaussianDot", "Gabor", "PinkNoise", "RandomDots")
UNKNOWN = "unknown"
BACKGROUND = "Background"
"""label of a grey segment of NaturalImages"""
