"""The outside of a worker: it is started, confined, watched and ended from here."""
