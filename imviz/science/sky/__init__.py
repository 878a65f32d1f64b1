"""Between pixels and the sky: regions and positions through a WCS, orientation, footprints, cut-outs."""
