"""A class at a glance: what its reports say together, and wrong answers that nobody has named, as text, JSON and a page."""
