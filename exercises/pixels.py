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
# You know networks of neurons: numbers go in, each neuron multiplies each of them by a weight, adds up the products and a bias,
# and applies an activation function. They predict prices and tell flowers apart. What happens if you show such a network a
# picture?
#
# It works, but badly, for two reasons that explain everything else in this course. In this unit you will measure both: how
# many numbers such a network has to learn, and what happens when a picture moves by one pixel.
#
# The remedy came from research on how animals see. Around 1960 David Hubel and Torsten Wiesel showed that cells in a cat's
# visual cortex each watch a small patch of what the cat sees, for one simple pattern. **Convolutional networks** do the same:
# they look at small patches, and use the same few weights for every patch. Yann LeCun's LeNet read handwritten digits on
# cheques with them in 1998. In 2012 AlexNet, by Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton, won the ImageNet contest,
# 1.2 million photographs of a thousand kinds of things, by such a margin that for years hardly anybody used anything else.
#
# Here is what they do today:
#
# | task | input | what is found | example |
# |---|---|---|---|
# | classification | a photograph | one name for all of it | an app names a plant |
# | detection | a photograph | a box and a name for each thing in it | a camera in the woods counts deer |
# | medical images | an X-ray, a scan, a retina | places that a doctor should look at | an eye harmed by diabetes |
# | faces | a picture of a face | a row of numbers, alike for the same person | a phone opens for its owner |
# | driving | the view of the road | lanes, signs and people, and where they are | a car brakes for somebody on the road |
# | reading documents | a scanned page | lines, words, letters | the amount on a cheque |
#
# Each text below ends with something to predict. Work the answer out on paper before you write the function, then unfold it.
# Its last lines show what your function will return, too.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore pixels`, or open
# `pixels.explore.html` in a browser. A digit moves by one pixel, and you see what becomes of its numbers; two sliders show
# what a dense layer costs, and what a convolutional one does.

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
#             +-----------+ |        axis    N        C         H      W
#            /  green    /| |                image    channel   row    column
#           +-----------+ | +
#         H |  red      | |/         images[0, 1, 5, 7]: the first image's
#           |           | +          green in row 5, column 7
#           +-----------+/  C
#
# ![A cup of coffee, its three channels, and in grey](data/pictures/to_grayscale_of_a_photograph.png)
#
# This order, NCHW, is used in the whole course. (Files and screens often have the channels last, NHWC. Mix them up and you
# get a picture from a broken television.)
#
# A neuron of the kind that you know takes a *row* of numbers. So the picture has to be flattened: row after row, channel after
# channel. Nothing is lost. But two pixels that were one above the other are now W numbers apart, and nobody tells the neuron
# that they were neighbours.
#
# **Predict.** Two colour images of 3 rows and 4 columns are flattened. What is the shape of the answer? At which place of
# its row, counted from 0, is the blue of row 1, column 3? At which place is the blue of the pixel below it?
#
# <details>
# <summary>Answer</summary>
#
# The shape is **(2, 36)**: two images, 3·3·4 numbers each. The red takes the places 0 to 11, the green 12 to 23. The blue
# begins at 24, its row 1 at 28, and column 3 of that row is place **31**. The pixel below is one row further, which is four
# places: **35**.
#
# ```python
# >>> images = np.zeros((2, 3, 3, 4))
# >>> images[0, 2, 1, 3], images[0, 2, 2, 3] = 1, 2
# >>> flatten(images).shape, flatten(images)[0].nonzero()[0].tolist()
# ((2, 36), [31, 35])
# ```
#
# </details>

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
    raise NotImplementedError("flatten is yours to write")


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
#
# **Predict.** Yellow is red and green at 255 without blue, cyan is green and blue without red. Which of the two is brighter
# in grey? What becomes of a pixel that is grey already, with 100 in each channel?
#
# <details>
# <summary>Answer</summary>
#
# Both have the green. Yellow adds 0.299·255 to it and cyan only 0.114·255, so yellow is brighter: **225.9** against
# **178.8**. The grey pixel keeps its **100**, since the three weights sum to 1.
#
# ```python
# >>> yellow_cyan_grey = [[255, 0, 100]], [[255, 255, 100]], [[0, 255, 100]]
# >>> to_grayscale(np.array([yellow_cyan_grey])).round(1)
# array([[[[225.9, 178.8, 100. ]]]])
# ```
#
# </details>

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
    raise NotImplementedError("to_grayscale is yours to write")


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
# Every one of these numbers must be learned from examples, and a network with far more weights than examples can learn its
# examples by heart instead of what they have in common. How many weights does a dense layer have, and how many does the layer
# that you will build instead?
#
# **Predict.** A layer of 10 units reads grey images of 100x100 and has 100,010 parameters. How many does it have when the
# images become twice as high and twice as wide? How many do 20 units have on the small images?
#
# <details>
# <summary>Answer</summary>
#
# There are four times as many pixels, so four times as many weights, but still 10 biases: **400,010**. With 20 units
# everything doubles, biases included: **200,020**.
#
# ```python
# >>> count_dense_parameters((1, 200, 200), 10)
# 400010
# >>> count_dense_parameters((1, 100, 100), 20)
# 200020
# ```
#
# </details>

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
    raise NotImplementedError("count_dense_parameters is yours to write")


# %% [markdown]
# ## A small window instead
#
# You are doing it now. Your eyes see only a word or two of this page sharply at a time. They rest on one, jump to the next, and
# go on like that line by line, and you make sense of the page from what you find at each stop. Nor did you learn to read twice,
# once for the top of a page and once for the bottom: the same skill works wherever your eyes are.
#
# What makes an edge an edge, or an eye an eye, is close together, as the letters of a word are. So let a neuron look at a small
# patch only, 5x5 pixels or so, with all its channels, and let *the same* neuron look at every patch of the image, one after the
# other. Its weights are counted once, however large the image is. Such a neuron is called a *filter*, and a layer has several:
#
#       dense                              convolutional
#
#       o o o o   <- every unit            o o o o o o   <- one filter, at every
#       |X|X|X|      sees all of it         \|/             place, with the same
#       . . . .                            [. . .]. . .     weights
#
#       parameters = out_channels * in_channels * kh * kw  (+ out_channels biases)
#
# | | regular (dense) network | convolutional network |
# |---|---|---|
# | input | a row of numbers; the picture is flattened | the picture as it is: channels, rows, columns |
# | connections | every number to every neuron | a small patch to each neuron |
# | parameters | grow with the image: 6.2 million for *one* neuron on a video frame | do not: 76 for a filter of 5x5 in colour |
# | a pattern that has moved | is a new pattern | is the same pattern, elsewhere |
# | best for | tables: prices, measurements, a few hundred numbers | images, sound, anything that has neighbours |
#
# **Predict.** A convolutional layer has 16 filters of 3x3 and reads grey images of 100x100. How many parameters is that?
# How many when the images become twice as high and twice as wide? How many when they become colour images, three times as
# many?
#
# <details>
# <summary>Answer</summary>
#
# Each filter has 9 weights and a bias, which makes **160** for all 16. The size of the image does not matter: 160 again. In
# colour each filter has 27 weights, but still one bias. That makes **448**, a little less than three times as many.
#
# ```python
# >>> count_conv_parameters(1, 16, 3), count_conv_parameters(3, 16, 3)
# (160, 448)
# ```
#
# </details>

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
    raise NotImplementedError("count_conv_parameters is yours to write")


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
#
# **Predict.** The image with the numbers 1 to 9 is moved one column to the right, and the result one column to the left.
# Which numbers are back in their places?
#
# <details>
# <summary>Answer</summary>
#
# The first two columns: **1, 2, 4, 5, 7 and 8**. The last one left the image with the first move, and the second move
# brings in black.
#
# ```python
# >>> image = np.arange(1, 10).reshape(1, 1, 3, 3)
# >>> shift(shift(image, 0, 1), 0, -1)[0, 0]
# array([[1., 2., 0.],
#        [4., 5., 0.],
#        [7., 8., 0.]])
# ```
#
# </details>

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
    raise NotImplementedError("shift is yours to write")


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

# %% [markdown]
# ## Where this is used
#
# Steps like these make pictures ready for a network. A photograph is read from its file as bytes, with the channels last, and
# becomes an array of floats, with the channels first. A program that reads letters or bar codes makes it grey, since the colour
# of ink says nothing about the letter. `shift` is used in training: each time a picture is shown, it is moved by a few pixels,
# mirrored or made a little brighter, and so one example becomes many. This is called *augmentation*. And dense layers have not
# died out: they read tables as well as ever, and many convolutional networks end in one.

# %% [markdown] tags=["prose"]
# ## A question
#
# Somebody shuffles the pixels of all images of a data set, every image in the same way, so that they look like noise. A dense
# network learns from the shuffled images exactly as well as from the real ones; a convolutional network learns next to
# nothing from them. Why, in each case? And what does that say about what the convolutional network *assumes* about a picture?
# Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
