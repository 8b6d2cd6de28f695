# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pixels: images are numbers, and why not connect everything to everything
#
# You know networks of neurons: numbers go in, each neuron multiplies each of them by a weight, adds up the products and a
# bias, and applies an activation function. They predict prices and tell flowers apart. What happens if you show one a
# picture?
#
# It works, but badly, for two reasons that explain everything else in this course. In this unit you will measure both: how
# many numbers such a network has to learn, and what happens when a picture moves by one pixel.
#
# The remedy comes from fifty years of studying how eyes work. **Convolutional networks** look at small patches, and use the
# same few weights for every patch. Yann LeCun's LeNet read handwritten digits on cheques with them in 1998. In 2012
# AlexNet, by Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton, won the ImageNet contest, 1.2 million photographs of a
# thousand kinds of things, by such a margin that hardly anybody used anything else for years. Today they
#
# - say what is in a photograph (classification), and where (detection),
# - find tumours in X-rays and bleeding in retinas,
# - unlock phones by recognising faces,
# - see lanes, signs and pedestrians for a car,
# - read letters, forms and number plates.

# %%
import numpy as np

# %% [markdown]
# ## A picture is a block of numbers
#
# A grey picture is a table: one number per pixel, from 0 for black to 255 for white, as whole numbers of one byte (`uint8`).
# A colour picture is three such tables, one each for red, green and blue: its *channels*. Networks work on many pictures at
# once, so there is one more axis, the *batch*.
#
#                     W
#               +-----------+
#              /  blue     /|
#             +-----------+ |            axis    N        C         H      W
#            /  green    /| |                    image    channel   row    column
#           +-----------+ | +
#         H |  red      | |/             images[0, 1, 5, 7]: the first image's green in row 5, column 7
#           |           | +
#           +-----------+/  C
#
# ![A cup of coffee, its three channels, and in grey](data/pictures/to_grayscale_of_a_photograph.png)
#
# This order, NCHW, is used in the whole course. (Files and screens often have the channels last, NHWC. Mix them up and you
# get a picture from a broken television.)
#
# A neuron of the old kind takes a *row* of numbers. So the picture has to be flattened: row after row, channel after channel.
# Nothing is lost. But two pixels that were one above the other are now W numbers apart, and nobody tells the neuron that they
# were neighbours.

# %%
def flatten(images):
    """Flatten each image: put its numbers in one row.

        out[n, (c*H + i)*W + j] = images[n, c, i, j]

    images: (N, C, H, W), numbers of any kind (bytes, whole numbers, NaN too); not changed
    returns (N, C*H*W): float32 if the images are float32 (float64 is also accepted), else float64
    raises ValueError unless there are four axes

    >>> flatten(np.array([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], dtype=np.uint8))
    array([[1., 2., 3., 4., 5., 6., 7., 8.]])
    """
    if np.ndim(images) != 4:
        raise ValueError("images must be (N, C, H, W)")
    return np.array([np.asarray(img, dtype=np.float64).ravel() for img in images])


# %% [markdown]
# ## Colour to grey
#
# For many questions colour does not matter, and one channel instead of three saves two thirds of the work. The mean of red,
# green and blue would do, but it does not look right: pure green looks much brighter to us than pure blue. Television
# engineers measured it, and the standard ITU-R BT.601 of 1982 has weighted the channels like this ever since:
#
#       grey = 0.299 R + 0.587 G + 0.114 B
#
# | colour | R | G | B | mean | grey |
# |---|---:|---:|---:|---:|---:|
# | white | 255 | 255 | 255 | 255 | 255 |
# | green | 0 | 255 | 0 | 85 | 150 |
# | red | 255 | 0 | 0 | 85 | 76 |
# | blue | 0 | 0 | 255 | 85 | 29 |
#
# The channel axis stays, with one channel: a grey image is still an image.

# %%
def to_grayscale(images):
    """Turn colour images into grey ones that look as bright.

        out[n, 0, i, j] = 0.299 * red + 0.587 * green + 0.114 * blue

    images: (N, 3, H, W), red, green, blue, numbers of any kind (bytes and whole numbers too); not changed
    NaN in one of a pixel's colours makes this pixel NaN, and no other
    returns (N, 1, H, W), with fractions: float32 if the images are float32 (float64 is also accepted), else float64
    raises ValueError unless there are four axes and three channels

    >>> to_grayscale(np.array([[[[255, 0]], [[255, 0]], [[255, 100]]]], dtype=np.uint8)).round(1)
    array([[[[255. ,  11.4]]]])
    """
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError("RGB images only")
    r, g, b = images[:, 0], images[:, 1], images[:, 2]
    grey = 0.299 * r + 0.587 * g + 0.114 * b
    return grey.astype(float)[:, None, :, :]


# %% [markdown]
# ## The first reason: too many weights
#
# A dense layer connects everything to everything: each of its `units` has one weight for every number of the image, and a
# bias.
#
#       parameters = C*H*W * units + units
#
# | image | numbers in | weights of one neuron | a layer of 1,000 |
# |---|---:|---:|---:|
# | handwritten digit, 28x28 grey | 784 | 784 | 785,000 |
# | small photograph, 224x224 colour | 150,528 | 150,528 | 150.5 million |
# | video frame, 1920x1080 colour | 6,220,800 | 6.2 million | 6.2 billion |
#
# Every one of these numbers must be learned from examples, and with more weights than examples a network learns its examples
# by heart. How many does a dense layer have, and how many does the layer that you will build instead?

# %%
def count_dense_parameters(image_shape, units):
    """Count the weights and biases of a layer that connects every number of an image to every unit.

        C*H*W * units weights and units biases

    image_shape: (C, H, W), ints   units: int
    returns an int
    raises ValueError if any of the numbers is below 1

    >>> count_dense_parameters((1, 28, 28), 10)
    7850
    """
    if min(image_shape) < 1 or units < 1:
        raise ValueError("sizes must be positive")
    c, h, w = image_shape
    return c * h * w * units + units


# %% [markdown]
# ## A small window instead
#
# What makes an edge an edge, or an eye an eye, is close together. So let a neuron look at a small patch only, 5x5 pixels or
# so, with all its channels, and let *the same* neuron look at every patch of the image, one after the other. Its weights are
# counted once, however large the image is. Such a neuron is called a *filter*, and a layer has several:
#
#       dense                              convolutional
#
#       o o o o  <- every unit sees        o o o o o o   <- one filter, at every place, with the same
#       |X|X|X|     all of it               \|/            3x3 weights: here it sees these nine pixels
#       . . . .                            [. . .]. . .
#
#       parameters = out_channels * in_channels * kh * kw  (+ out_channels biases)
#
# | | regular (dense) network | convolutional network |
# |---|---|---|
# | takes in | a row of numbers; the picture is flattened | the picture as it is: channels, rows, columns |
# | connections | every number to every neuron | a small patch to each neuron |
# | parameters | grow with the image: 6.2 million for *one* neuron on a video frame | do not: 76 for a filter of 5x5 in colour |
# | a pattern that has moved | is a new pattern | is the same pattern, elsewhere |
# | best for | tables: prices, measurements, a few hundred numbers | images, sound, anything that has neighbours |

# %%
def count_conv_parameters(in_channels, out_channels, kernel_size, bias=True):
    """Count the weights and biases of a convolutional layer, whatever the size of the image.

        out_channels * in_channels * kh * kw weights and, if there are biases, out_channels of them

    in_channels, out_channels: ints   kernel_size: an int for both sides, or a tuple (kh, kw)   bias: bool
    returns an int
    raises ValueError if any of the numbers is below 1

    >>> count_conv_parameters(3, 1, 5)
    76
    >>> count_conv_parameters(3, 64, (7, 7), bias=False)    # the first layer of many networks for photographs
    9408
    """
    kh, kw = kernel_size
    if any(size < 1 for size in (in_channels, out_channels, kh, kw)):
        raise ValueError("everything must be positive")
    total = out_channels * in_channels * kh * kw
    if bias:
        total = total + out_channels
    return total


# %% [markdown]
# ## The second reason: everything moves
#
# Take a picture of a cat, and another one a moment later, when the camera has moved a little. To you it is the same cat. To a
# dense network it is another row of numbers, in which nearly every place holds a different number, and what it learned about
# the eye at place 2,117 says nothing about the same eye at place 2,118.
#
# Moving a picture is simple. Everything goes `dy` rows down and `dx` columns to the right (up and left, if they are
# negative); what crosses the border is lost, and what comes in is black.
#
#       1 2 3                          0 0 0
#       4 5 6     dy = 1, dx = -1      2 3 0
#       7 8 9     ------------->       5 6 0
#
# ![The rocket, moved down and to the right, and the difference that one pixel makes](data/pictures/shift_a_photograph.png)
#
# Nothing comes back in on the other side: a camera does not do that either.

# %%
def shift(images, dy, dx):
    """Move every image down by dy rows and to the right by dx columns.

        out[n, c, i, j] = images[n, c, i - dy, j - dx] where that is inside the image, and 0 elsewhere

    images: (N, C, H, W), numbers of any kind (bytes and whole numbers too); not changed
    dy, dx: ints; negative ones move up and to the left; a move by the image's size or more leaves zeros only
    returns (N, C, H, W): float32 if the images are float32 (float64 is also accepted), else float64
    raises ValueError unless there are four axes

    >>> shift(np.array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]), 1, -1)[0, 0]
    array([[0., 0., 0.],
           [2., 3., 0.],
           [5., 6., 0.]])
    """
    if images.ndim != 4:
        raise ValueError("not a batch")
    n, c, h, w = images.shape
    moved = np.zeros((n, c, h, w), dtype=float)
    if abs(dy) < h and abs(dx) < w:
        moved[:, :, max(dy, 0):h + min(dy, 0), max(dx, 0):w + min(dx, 0)] = images[
            :, :, max(-dy, 0):h + min(-dy, 0), max(-dx, 0):w + min(-dx, 0)]
    return moved


# %% [markdown]
# ### Try it
#
# How similar are a digit and its shifted self, if you see only the rows of numbers? The *correlation* tells: 1 for two rows
# that rise and fall together, 0 for two that have nothing to do with each other. Compare what one pixel of movement changes
# with what another person's handwriting changes.

# %% tags=["playground"]
def alike(one, other):
    """Return the correlation of two images, as a dense network sees them: row against row of numbers."""
    return np.corrcoef(flatten(one)[0], flatten(other)[0])[0, 1]


try:
    with np.load("data/digits.npz") as file:
        digits, labels = file["images"][:, None] / 16.0, file["labels"]
    three, other_three = digits[labels == 3][:2, None]
    for steps in range(4):
        print(f"a three and itself, moved by {steps}: {alike(three, shift(three, 0, steps)):5.2f}")
    print(f"two threes by different hands:    {alike(three, other_three):5.2f}")
    print(f"one neuron on a video frame:      {count_dense_parameters((3, 1080, 1920), 1):,} parameters")
    print(f"one filter of 5x5 on the same:    {count_conv_parameters(3, 1, 5):,} parameters")
except (NotImplementedError, FileNotFoundError) as unfinished:
    print(unfinished)

# %% [markdown] tags=["prose"]
# ## A question
#
# Somebody shuffles the pixels of all images of a data set, every image in the same way, so that they look like noise. A dense
# network learns from the shuffled images exactly as well as from the real ones; a convolutional network learns next to
# nothing from them. Why, in each case? And what does that say about what the convolutional network *assumes* about a picture?
# Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
