"""The celestial WCS of an image from its cards, and what is doubtful about it."""
