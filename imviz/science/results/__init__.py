"""Measured rows: as columns, tables, files, words, and receipts that can be measured again."""
