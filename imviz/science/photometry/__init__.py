"""Measuring one aperture: weights on a cut-out, background, errors, flags, and what follows from the sum."""
