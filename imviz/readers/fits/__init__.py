"""FITS files: what is where, which extensions are meant, and what belongs to which."""
