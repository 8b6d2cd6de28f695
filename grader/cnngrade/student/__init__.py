"""A student's functions as the judge sees them: called elsewhere, they return plain values or a failure."""
