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
# # Pooling: smaller, keeping the strongest
#
# A feature map says at every place how much the image there looks like the filter. Whether the edge of an eye is at pixel
# 117 or 118 does not matter if you want to know whether there is an eye. *Pooling* throws that precision away, on purpose:
# it cuts the map into windows and keeps one number from each.
#
#       1  3 | 2  0
#       4  2 | 1  1          max         4  2
#       -----+-----          --->
#       0  0 | 5  6                      1  8
#       0  1 | 7  8
#
# ![A photograph at a half, a quarter and an eighth of its size](data/pictures/maxpool2d_of_a_photograph.png)
#
# This gains three things. The map has a quarter of its numbers, so everything that follows costs a quarter. A pattern that
# moves by a pixel stays in its window about half of the time, and then the pooled map does not change. And a filter on the
# pooled map sees twice as far as before.
#
# ![Marks before and after a move by a pixel, and the same pooled by 4](data/pictures/maxpool2d_after_a_small_move.png)
#
# Nothing is learned here. Pooling has no weights.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore pooling`, or open
# `pooling.explore.html` in a browser. Drag a digit, and see how much its pixels change and how much its pooled maps do.

# %%
import numpy as np

# %% [markdown]
# ## The strongest of each window
#
# The windows are placed as in convolution: they have the size `kernel_size`, move by `stride`, and read images with a
# frame of `padding`. Usually the windows do not overlap, so the default stride is the kernel's size.
#
#       Ho = (H + 2*ph - kh)//sh + 1            Wo = (W + 2*pw - kw)//sw + 1
#
# Each image and each channel is pooled on its own: the maximum is over the window's rows and columns and nothing else.
#
# **The frame must never win.** Convolution pads with zeros, since zero adds nothing to a sum. For a maximum that is wrong:
# where all numbers are negative, a zero from the frame would be the largest. The neutral number of a maximum is minus
# infinity, so the frame is made of that. A window may overlap the frame, but never lie on the frame alone, so the padding
# may be at most half the kernel.
#
# | arguments                          | an 8x8 map becomes                        |
# |------------------------------------|-------------------------------------------|
# | kernel_size=2                      | 4x4                                       |
# | kernel_size=3                      | 2x2, the last two rows and columns unread |
# | kernel_size=3, stride=2            | 3x3, windows overlap                      |
# | kernel_size=3, stride=2, padding=1 | 4x4, windows overlap                      |
# | kernel_size=(2, 4)                 | 4x2                                       |
#
# **Fast enough.** A colour image of 64x64 has 3,072 windows of 2x2. A Python loop that visits them one by one asks NumPy
# 3,072 times for the largest of four numbers, and nearly all of the time goes into the asking. Turn it around: a window
# has only four *places*. The upper left places of all windows together are an image, too: the image read in steps of the
# stride:
#
#       upper left    # . # . # .    upper right    . # . # . #    and so on
#                     . . . . . .                   . . . . . .
#                     # . # . # .                   . # . # . #
#
#       x[:, :, u::sh, v::sw], cut to Ho rows and Wo columns
#
# Take four such images, and the largest of each four numbers: a loop over the places of *one* window does this for all
# images, channels and windows at once.
#
# | how                                                 | times the reference |
# |-----------------------------------------------------|--------------------:|
# | loop over the places of a window                    |                   3 |
# | all windows cut out (`sliding_window_view`), `max`  |                  11 |
# | loop over the places of the map, all else in NumPy  |                  95 |
# | loop over every window                              |                 340 |
#
# **Predict.** The row 0 0 5 0 0 0 is pooled in windows of two. What comes out? What comes out when the 5 has moved one
# place to the right, and what when it has moved two?
#
# <details>
# <summary>Answer</summary>
#
# The windows are 0 0, 5 0 and 0 0, so **0 5 0** comes out. One place further the 5 is still in the second window: the same
# again. Two places further it is in the third: **0 0 5**. Pooling does not notice moves *inside* a window; a move across a
# border it does notice.
#
# ```python
# >>> rows = [0, 0, 5, 0, 0, 0], [0, 0, 0, 5, 0, 0], [0, 0, 0, 0, 5, 0]
# >>> maxpool2d(np.array([[rows]]), (1, 2))[0, 0]
# array([[0., 5., 0.],
#        [0., 5., 0.],
#        [0., 0., 5.]])
# ```
#
# </details>


# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    """Return the largest number of every window.

        out[n, c, i, j] = max over u, v of  xp[n, c, i*sh + u, j*sw + v]

    where xp is x with a frame of minus infinity. kernel_size, stride and padding are one number for both axes or a tuple
    (rows, columns); stride None is the kernel's size.

    x: (N, C, H, W), numbers of any kind (bytes, whole numbers and infinity too); not changed
    returns (N, C, Ho, Wo), float32 if x is float32 (float64 is also accepted) and otherwise float64; NaN for a window with NaN
    raises ValueError if a kernel or stride is less than 1, a padding is negative or more than half the kernel, or the kernel is
    larger than the padded image

    >>> x = np.array([[[[1.0, 3.0, 2.0, 0.0], [4.0, 2.0, 1.0, 1.0], [0.0, 0.0, 5.0, 6.0], [0.0, 1.0, 7.0, 8.0]]]])
    >>> maxpool2d(x, 2)[0, 0]
    array([[4., 2.],
           [1., 8.]])
    >>> maxpool2d(x - 9, 3, stride=2, padding=1)[0, 0]
    array([[-5., -6.],
           [-5., -1.]])
    """
    raise NotImplementedError("maxpool2d is yours to write")


# %% [markdown]
# ### Try it
#
# A digit, pooled to half its size. Move it by one pixel (`np.roll(digit, 1, axis=3)`) and compare.

# %% tags=["playground"]
try:
    with np.load("data/digits.npz") as file:
        digit = file["images"][2][None, None]
    for row in maxpool2d(digit, 2)[0, 0]:
        print(" ".join(f"{number:2.0f}" if number else " ." for number in row))
except (NotImplementedError, FileNotFoundError) as unfinished:
    print(unfinished)

# %% [markdown]
# ## The mean of each window
#
# Average pooling keeps how much there was on average, not the strongest. It blurs where the maximum sharpens; older networks
# used it everywhere. Here the frame *is* made of zeros, and they count: each window's sum is divided by the window's size
# `kh * kw`, even where parts of it are on the frame.
#
# **Predict.** A chessboard of zeros and ones is pooled by 2. What do means make of it, and what do maxima? With padding 1,
# what is the mean in the first window of a map that is 1 everywhere?
#
# <details>
# <summary>Answer</summary>
#
# Every window holds two zeros and two ones. The means are all **0.5** and the maxima all **1**; neither knows that there
# were squares. The first window of the padded map holds a single 1 and three zeros of the frame, which count: **0.25**.
#
# ```python
# >>> board = np.array([[[[0, 1, 0, 1], [1, 0, 1, 0]]]])
# >>> avgpool2d(board, 2), maxpool2d(board, 2)
# (array([[[[0.5, 0.5]]]]), array([[[[1., 1.]]]]))
# >>> float(avgpool2d(np.ones((1, 1, 4, 4)), 2, padding=1)[0, 0, 0, 0])
# 0.25
# ```
#
# </details>


# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    """Return the mean of every window, zeros of the frame included.

        out[n, c, i, j] = 1/(kh*kw) * sum over u, v of  xp[n, c, i*sh + u, j*sw + v]

    where xp is x with a frame of zeros. kernel_size, stride and padding as in maxpool2d.

    x: (N, C, H, W), numbers of any kind (bytes and whole numbers too, whose means have fractions); not changed
    returns (N, C, Ho, Wo), float32 if x is float32 (float64 is also accepted) and otherwise float64; NaN for a window with NaN
    raises ValueError as maxpool2d does

    >>> x = np.array([[[[1.0, 3.0], [4.0, 4.0]]]])
    >>> avgpool2d(x, 2)
    array([[[[3.]]]])
    >>> avgpool2d(x, 2, padding=1)[0, 0]
    array([[0.25, 0.75],
           [1.  , 1.  ]])
    """
    raise NotImplementedError("avgpool2d is yours to write")


# %% [markdown]
# ## One number per map
#
# Many networks end with the most radical pooling: the window is the whole map. The result says for every channel *how much*
# of its pattern the image holds, and nothing about where. Images of any size give vectors of one size, which is what a
# classifier needs.
#
# **Predict.** A map of 4x4 holds an 8 and otherwise zeros. What comes out? What if the 8 is somewhere else? What if the map
# is 8x8?
#
# <details>
# <summary>Answer</summary>
#
# 8 divided by 16 is **0.5**, wherever the 8 is. On the larger map it is 8 divided by 64, or **0.125**: the answer says how
# much of the map is lit, not how many pixels.
#
# ```python
# >>> small, large = np.zeros((1, 2, 4, 4)), np.zeros((1, 1, 8, 8))
# >>> small[0, 0, 1, 2] = small[0, 1, 3, 0] = large[0, 0, 1, 2] = 8
# >>> global_avgpool2d(small), global_avgpool2d(large)
# (array([[0.5, 0.5]]), array([[0.125]]))
# ```
#
# </details>


# %%
def global_avgpool2d(x):
    """Return the mean of every map.

    x: (N, C, H, W), numbers of any kind (bytes and whole numbers too, whose means have fractions); not changed
    returns (N, C), float32 if x is float32 (float64 is also accepted) and otherwise float64; a map with NaN has the mean NaN

    >>> global_avgpool2d(np.array([[[[1.0, 3.0], [4.0, 4.0]], [[0.0, 0.0], [0.0, 2.0]]]]))
    array([[3. , 0.5]])
    """
    raise NotImplementedError("global_avgpool2d is yours to write")


# %% [markdown]
# ## Where this is used
#
# LeNet pooled, AlexNet pooled, and most networks that name what is in a photograph still do, at least once. Global average
# pooling is how they usually end: ResNet-50 makes one vector of 2,048 numbers of its last maps in this way, and a single
# dense layer names the photograph from it. There is a second use. The mean forgets where a pattern was, but the map under
# it still knows: laid over the photograph, the maps that spoke for "dog" show *where* the network saw one. Doctors ask for
# such a heat map before they believe a network that has looked at an X-ray.

# %% [markdown] tags=["prose"]
# ## A question
#
# A network that finds faces pools four times, by 2 each time. Another one has to say for every *pixel* whether it belongs to
# a face. What does pooling give the first network, and what does it take from the second? Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
