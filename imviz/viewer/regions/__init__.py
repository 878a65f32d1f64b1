"""The overlay that regions are drawn and edited on, and the hand that does it."""
