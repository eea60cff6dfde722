"""Backups: their sealed form, what of the keys goes into them, and the register of them."""
