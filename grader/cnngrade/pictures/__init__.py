"""What a unit's functions do to real data, drawn: on a page, as PNG, in the terminal."""
