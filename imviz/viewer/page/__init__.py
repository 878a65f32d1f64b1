"""What every widget over a figure shares: its script joined from modules, its scales, its life, its page."""
