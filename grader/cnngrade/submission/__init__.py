"""What was handed in: which file it is, what its name says, and its code cells; none of it is run."""
