"""One library function a command: what a command does can be done from Python in one call."""
