"""The command `cnngrade`: parse, call one job, print the result, exit code. Nothing here decides anything."""
