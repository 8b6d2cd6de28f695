"""Three ways to convolve, by what lies in the lanes of a vector: positions of a row, images of a batch, filters of a bank."""
