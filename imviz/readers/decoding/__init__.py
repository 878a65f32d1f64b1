"""Decoders that trust their input, in a process of their own: `sandbox` asks, `worker` answers."""
