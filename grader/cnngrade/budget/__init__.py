"""Time budgets: measuring, baselines, loops, variants, and where a limit is; no points and no verdicts."""
