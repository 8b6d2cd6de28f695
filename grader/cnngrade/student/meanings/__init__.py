"""What exceptions mean: rules, by what went wrong."""
