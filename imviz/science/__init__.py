"""Arithmetic on images: photometry, background, profiles, geometry, display cuts, results.

Pure functions and frozen records on astropy, photutils, regions, numpy and scipy. Nothing here
knows a widget, a viewer, a session or a file format of images.
"""
