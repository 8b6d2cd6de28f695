"""A student's functions as the judge sees them: called somewhere else, they bring back plain values or a failure."""
