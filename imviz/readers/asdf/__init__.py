"""ASDF files: Roman's, JWST's own, and the GWCS that a FITS file carries as ASDF."""
