"""Right answers and known wrong ones, live or recorded, and which known mistake an answer is."""
