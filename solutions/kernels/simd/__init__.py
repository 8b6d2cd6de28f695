"""What all layouts are made of: the processor's vectors, the register tile, and copies into the order that tiles read."""
