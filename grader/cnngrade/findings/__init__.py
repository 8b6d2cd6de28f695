"""What a student's wrong calls show together: what they come of, which inputs fail, where in the code to look."""
