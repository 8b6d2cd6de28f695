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
# So a layer loses two columns and two rows. Ten layers lose twenty; of an 8x8 digit three layers leave 2x2, and a fourth finds
# no place for its window. The pixels at the border suffer even more: pixel 0 is under one window, pixel 2 under three. Padding
# fixes both.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore padding`, or open
# `padding.explore.html` in a browser. Set size, kernel, stride and padding, and see every place where the window stops.

# %%
import numpy as np

# %% [markdown]
# ## A frame around every image
#
# Padding puts rows and columns of a constant, nearly always 0, around each image. They go around the *picture*: only height
# and width are padded, not images and channels.
#
#        padding 1                  padding (0, 2): two columns on either side
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
# **In one piece.** Time counts here, on an image of four channels and 96x96 pixels with a frame of two. Make one array for the
# whole answer, filled with the value, and copy all pictures into it with one assignment: that is as fast as a compiled
# reference. `np.pad` channel by channel takes 5 times as long, and a Python loop over the pixels 400 times.
#
# The answer holds floats, whatever came in: photographs arrive as `uint8`, whole numbers from 0 to 255, and a layer that
# keeps that type loses every fraction and every sign.
#
# **Predict.** An image of 2 rows and 3 columns gets the padding (2, 1). How many rows and columns does it have then? How
# many of its numbers belong to the frame? In which row and column is the image's last number now?
#
# <details>
# <summary>Answer</summary>
#
# Two rows above and two below make **6** rows, one column on either side makes **5** columns. Of these 30 numbers 6 are the
# image's, so **24** belong to the frame. The last number, the **6**, was in row 1, column 2, and everything has moved by
# (2, 1): it is in row 3, column 3.
#
# ```python
# >>> framed = pad2d(np.array([[[[1, 2, 3], [4, 5, 6]]]]), (2, 1))
# >>> framed.shape, int((framed == 0).sum()), float(framed[0, 0, 3, 3])
# ((1, 1, 6, 5), 24, 6.0)
# ```
#
# </details>


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
    raise NotImplementedError("pad2d is yours to write")


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
#        _ 0 1 2 [3 4 5] _      (6 + 2*1 - 3)//2 + 1 = 3 places, one column left over
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
#
# **Predict.** A window of 3 moves by 2 over a row of 7 pixels, without padding. How many places are there? How many in a
# row of 8, and of 9?
#
# <details>
# <summary>Answer</summary>
#
# In the row of 7 the window starts at 0, 2 and 4, and ends exactly at the last pixel: **3** places. In the row of 8 a jump
# to 6 would need pixel 8, which is not there: still 3, and a pixel is left over. In the row of 9 it is there: **4**.
#
# ```python
# >>> [output_size(size, 3, stride=2) for size in (7, 8, 9)]
# [3, 3, 4]
# ```
#
# </details>


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
    raise NotImplementedError("output_size is yours to write")


# %% [markdown]
# ## Keeping the size
#
# At stride 1, which padding gives as many places as there are pixels? Set `size + 2*padding - kernel + 1` equal to `size`
# and solve for the padding. For an odd kernel the answer is a whole number: how far the window reaches from its middle.
# An even kernel has no middle, and no padding that is the same on both sides keeps the size.
#
# **Predict.** Which padding does a kernel of 5 need, one of 11, and one of 1?
#
# <details>
# <summary>Answer</summary>
#
# A window of 5 takes 4 columns from a row, so **2** must be added on either side. A window of 11 takes 10: **5** on either
# side. A window of 1 fits everywhere and needs **0**.
#
# ```python
# >>> [same_padding(kernel) for kernel in (5, 11, 1)]
# [2, 5, 0]
# ```
#
# </details>


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
    raise NotImplementedError("same_padding is yours to write")


# %% [markdown]
# ## Where this is used
#
# Nearly every network pads its 3x3 layers by 1, so that dozens of them can stand one on top of the other; otherwise the size of
# the images would limit the depth of a network. U-Net (2015), which outlines cells under a microscope, did without: it reads
# 572x572 pixels and answers for the 388x388 in the middle. And the formula is in daily use. When somebody changes the size of
# the images and a library complains that shapes do not fit, `output_size` on paper, layer by layer, is how one finds where.

# %% [markdown] tags=["prose"]
# ## A question
#
# A network of twenty 3x3 layers reads 32x32 images. Without padding, what is left of the image at the end? With zeros around
# every layer's input the size stays. What do the outermost numbers of the last map then know about the image, compared with
# those in the middle? Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
