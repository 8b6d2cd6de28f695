"""What the kernels are measured against, the machine that they run on, and the picture of both."""
