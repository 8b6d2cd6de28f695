"""What learning platforms hand out: whose file is whose, and when it was handed in, by each platform's own names."""
