"""Ways to convolve and back, by what lies in the lanes of a vector: positions of a row, images, filters or channels."""
