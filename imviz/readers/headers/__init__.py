"""What an image's cards say: read from bytes, their units, their habits, pixels that are not linear."""
