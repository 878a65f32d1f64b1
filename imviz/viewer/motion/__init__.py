"""The hand that moves a view: pan, zoom, keys, cursor, views that move together."""
