"""Measuring very many apertures at once, with the numbers that each would have alone."""
