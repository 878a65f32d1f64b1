"""The canvas of points and paths: markers, catalogs, contours, grids."""
