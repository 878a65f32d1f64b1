"""Data quality: what its bits say, mission by mission, and which of them make a pixel bad."""
