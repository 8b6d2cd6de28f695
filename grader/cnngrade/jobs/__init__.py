"""One library function per command: what a command does can be done from Python in one call."""
