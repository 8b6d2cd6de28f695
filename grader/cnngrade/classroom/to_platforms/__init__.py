"""Marks as learning platforms take them in: into the table that a platform handed out, or as a table of our own."""
