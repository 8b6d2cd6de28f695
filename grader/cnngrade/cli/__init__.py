"""The command `cnngrade`: parse, call one job, say what came of it, exit code. Nothing here decides anything."""
