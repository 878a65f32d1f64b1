"""What a picture needs besides pixels: cuts, stretches, colours, contours, grids, bars."""
