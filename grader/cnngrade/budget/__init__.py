"""Time budgets: measuring, baselines, loops, variants, and where a limit lies; no points and no verdicts."""
