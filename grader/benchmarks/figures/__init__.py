"""What the benchmarks share: running programs, medians with quartiles, tables, and the sections of docs/benchmarks.md."""
