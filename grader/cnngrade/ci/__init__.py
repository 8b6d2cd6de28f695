"""What Gradescope, GitHub, GitLab and others need to run the engine, and what they read of a report."""
