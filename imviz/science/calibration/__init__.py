"""From counts to physical units and magnitudes: what headers say, zero points, detectors."""
