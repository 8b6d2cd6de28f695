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
# # Padding: borders, stride, and the size of what comes out
#
# In the next unit a small window, the *kernel*, will slide across an image and give one number at every place where it
# fits. Before anything slides, three questions have to be settled, and they are the same for every layer that uses a
# window: what is beyond the border, how many places there are, and how to keep an image from shrinking.
#
# A window of width 3 fits into a row of 6 pixels at 4 places:
#
#       [0 1 2] 3 4 5
#        0 [1 2 3] 4 5
#        0 1 [2 3 4] 5
#        0 1 2 [3 4 5]        6 - 3 + 1 = 4 places
#
# So a layer loses two columns and two rows. Ten layers lose twenty, and after four nothing is left of an 8x8 digit. The
# pixels at the border suffer even more: pixel 0 is under one window, pixel 2 under three. Padding fixes both.

# %%
import numpy as np

# %% [markdown]
# ## A frame around every image
#
# Padding puts rows and columns of a constant, nearly always 0, around each image. They go around the *picture*: only height
# and width are padded, not images and channels.
#
#        padding 1                  padding (0, 2): no rows, two columns left and right
#
#                    0 0 0 0
#       1 2    ->    0 1 2 0        1 2    ->    0 0 1 2 0 0
#       3 4          0 3 4 0        3 4          0 0 3 4 0 0
#                    0 0 0 0
#
# ![A digit with frames of several widths](data/pictures/pad2d_around_a_digit.png)
#
# Why zeros? Any number would do; zero is the one that a weighted sum does not notice. (There is one operation that does
# notice it. You will meet it when images are pooled.)
#
# **In one piece.** Time counts here, on four images with 16 channels. Make one array for the whole answer, filled with the
# value, and copy all pictures into it with one assignment: that takes 1.6 times as long as a compiled reference. Framing
# picture by picture takes 3 times as long, and a Python loop over the pixels 370 times.
#
# The answer holds floats, whatever came in: photographs arrive as `uint8`, whole numbers from 0 to 255, and a layer that
# keeps that type loses every fraction and every sign.


# %%
def pad2d(x, padding, value=0.0):
    """Put a frame around every image.

        out[n, c, i + ph, j + pw] = x[n, c, i, j], and value everywhere else

    padding is one number for all four sides, or a tuple (ph, pw): ph rows above and below, pw columns left and right.

    x: (N, C, H, W), numbers of any kind (bytes, whole numbers, NaN and infinity too); not changed
    returns (N, C, H + 2*ph, W + 2*pw), float32 if x is float32 (float64 is also accepted) and otherwise float64
    raises ValueError if a padding is negative

    >>> pad2d(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), 1)[0, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 2., 0.],
           [0., 3., 4., 0.],
           [0., 0., 0., 0.]])
    >>> pad2d(np.ones((2, 3, 4, 5)), (0, 2)).shape
    (2, 3, 4, 9)
    """
    if isinstance(padding, int):
        padding = (padding, padding)
    ph, pw = padding
    if ph < 0 or pw < 0:
        raise ValueError("padding must not be negative")
    pairs = ((0, 0), (0, 0), (pw, pw), (ph, ph))
    return np.pad(x.astype(float), pairs, mode="constant", constant_values=value)


# %% [markdown]
# ### Try it
#
# A handwritten digit, 8 by 8, and its frame. What happens with `value=9`?

# %% tags=["playground"]
try:
    with np.load("data/digits.npz") as file:
        digit = file["images"][5][None, None]
    for row in pad2d(digit, (1, 3))[0, 0]:
        print(" ".join(f"{number:2.0f}" if number else " ." for number in row))
except (NotImplementedError, FileNotFoundError) as unfinished:
    print(unfinished)

# %% [markdown]
# ## How many places there are
#
# Padding makes the row longer: `size + 2*padding`. *Stride* makes the window jump: with stride 2 it stops only at every
# other place.
#
#       size 6, kernel 3, stride 2, padding 1
#
#       [_ 0 1] 2 3 4 5 _
#        _ 0 [1 2 3] 4 5 _
#        _ 0 1 2 [3 4 5] _        (6 + 2*1 - 3)//2 + 1 = 3 places, and the last column is left over
#
# `size + 2*padding - kernel` is how far the first window can still move. Divided by the stride it is the number of jumps; a
# jump that does not fit completely is not made, so the division rounds down. The `+ 1` is the place where the window
# starts.
#
# | size | kernel | stride | padding | places |
# |------|--------|--------|---------|--------|
# | 28   | 5      | 1      | 0       | 24     |
# | 28   | 5      | 1      | 2       | 28     |
# | 224  | 7      | 2      | 3       | 112    |
# | 8    | 3      | 2      | 0       | 3      |


# %%
def output_size(size, kernel, stride=1, padding=0):
    """Return the number of places where a window stops along one axis.

        (size + 2*padding - kernel)//stride + 1

    size, kernel, stride, padding: whole numbers
    returns a whole number (int)
    raises ValueError if size, kernel or stride is less than 1, padding is negative, or no window fits

    >>> output_size(28, 5)
    24
    >>> output_size(224, 7, stride=2, padding=3)
    112
    """
    if size < 1 or kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("invalid arguments")
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError("no window fits")
    return room // stride + 1


# %% [markdown]
# ## Keeping the size
#
# At stride 1, which padding gives as many places as there are pixels? Set `size + 2*padding - kernel + 1` equal to `size`
# and solve for the padding. For an odd kernel the answer is a whole number: how far the window reaches from its middle.
# An even kernel has no middle, and no padding that is the same on both sides keeps the size.


# %%
def same_padding(kernel):
    """Return the padding with which a window of odd size `kernel` at stride 1 keeps the size of the image.

    kernel: a whole number, odd
    returns a whole number (int)
    raises ValueError if the kernel is even or less than 1

    >>> same_padding(3)
    1
    >>> output_size(28, 7, padding=same_padding(7))
    28
    """
    if kernel < 1 or not kernel & 1:
        raise ValueError("odd kernels only")
    return (kernel - 1) // 2


# %% [markdown] tags=["prose"]
# ## A question
#
# A network of twenty 3x3 layers reads 32x32 images. Without padding, what is left of the image at the end? With zeros around
# every layer's input the size stays. What do the outermost numbers of the last map then know about the image, compared with
# those in the middle? Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
