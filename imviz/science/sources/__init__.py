"""Sources: found, centred, fitted, profiled, followed through a series, matched between tables."""
