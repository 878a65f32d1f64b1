"""What else lies over a picture: legends, compass, comparison, contrast, quality flags."""
