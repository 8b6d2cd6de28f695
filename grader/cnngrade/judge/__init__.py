"""One submission in, one Report out: a unit's tests in one pytest session."""
