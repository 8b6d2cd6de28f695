"""What the kernels are compared with, the machine that they run on, and the picture of both."""
