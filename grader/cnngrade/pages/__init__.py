"""Pages on which a student moves things: the course's HTML, style, scripts and data as one file that needs no network."""
