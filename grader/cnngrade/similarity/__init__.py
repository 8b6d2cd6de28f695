"""Submissions that are suspiciously alike: a hint for a person to look at two texts side by side, never a verdict."""
