"""Regions as text, as Python and as files; nothing about what they measure."""
