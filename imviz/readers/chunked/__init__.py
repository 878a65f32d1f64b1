"""Files of arrays in chunks: HDF5 and Zarr."""
