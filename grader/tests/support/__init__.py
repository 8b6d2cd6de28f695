"""What several tests need: a tiny course, a graded class, reports made by hand, and where everything is."""
