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
# # Filters: what a kernel looks for, and the feature map it makes
#
# A kernel is a question about a patch of the image. "Is it brighter on the right than on the left?" "Is the middle different
# from what is around it?" The feature map holds the answers, one for every place: large where the answer is yes, negative
# where it is the opposite, near zero where the question has nothing to do with what is there.
#
# How do you read the question off the numbers? A dot product is largest when both sides look alike. So **a kernel looks for
# what it looks like**: draw it as a picture, bright where it is positive and dark where it is negative, and you see what it
# answers to.
#
#       -1  0  1                                          1   1   1
#       -2  0  2     dark left, bright right              0   0   0      bright above, dark below
#       -1  0  1                                         -1  -1  -1
#
#        0  1  0                                         1/9 1/9 1/9
#        1 -4  1     a dark spot on bright ground        1/9 1/9 1/9     nothing: it takes the mean
#        0  1  0                                         1/9 1/9 1/9
#
# ![A photograph under seven kernels](data/pictures/feature_maps_of_the_cat.png)
#
# Look at the sum of a kernel's numbers, too. If it is 0, the kernel is blind to brightness: an even surface gives 0, however
# bright it is. If it is 1, an even surface stays as it is. Kernels of the first kind *find* something, those of the second
# kind *change the picture*.
#
# In this unit you make the classical kernels by formula, lay whole banks of them over photographs, and look at the maps. In
# the last unit a network finds its own, and you will recognise some.

# %%
import numpy as np

# %% [markdown]
# ## What you already have
#
# The sliding is given here in plain NumPy, for images of one channel and with padding by zeros. A mistake in the unit on
# convolution costs you nothing in this one.

# %%
def conv2d(x, w, padding=(0, 0)):
    """Slide every kernel over every grey image: x (N, 1, H, W), w (K, kh, kw), padding (ph, pw) -> (N, K, Ho, Wo)."""
    ph, pw = padding
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = np.lib.stride_tricks.sliding_window_view(x[:, 0], w.shape[1:], axis=(1, 2))
    return np.tensordot(patches, w, axes=([3, 4], [1, 2])).transpose(0, 3, 1, 2)


# %% [markdown]
# ## Blur: the mean, but gently
#
# A mean over a square blurs, and leaves traces of the square: every bright dot becomes a little tile. Better let the weight
# fall off with the distance from the middle, as Gauss's bell does:
#
#       g(dy, dx) = exp(-(dy*dy + dx*dx) / (2*sigma*sigma))            then all divided by their sum
#
# `sigma` is the width: at a distance of one sigma the weight has fallen to 61 %, at two to 14 %, at three to 1 %. So a kernel
# of about six sigma across holds all that matters.
#
#       size 5, sigma 1, times 273:       1  4  7  4  1
#                                         4 16 26 16  4
#                                         7 26 41 26  7
#                                         4 16 26 16  4
#                                         1  4  7  4  1
#
# Divided by their sum the weights sum to 1, so that the image keeps its brightness.

# %%
def gaussian(size, sigma):
    """Return a kernel that blurs, with weights that fall off like Gauss's bell.

        out[i, j] = exp(-(dy^2 + dx^2) / (2 sigma^2)) / (the sum of all),   dy = i - size//2, dx = j - size//2

    size: int, odd   sigma: float, above 0
    returns (size, size) float64, summing to 1
    raises ValueError if size is even or below 1, or sigma is not above 0

    >>> gaussian(3, 1.0).round(4)
    array([[0.0751, 0.1238, 0.0751],
           [0.1238, 0.2042, 0.1238],
           [0.0751, 0.1238, 0.0751]])
    """
    raise NotImplementedError("gaussian is yours to write")


# %% [markdown]
# ## Edges: the difference, held steady
#
# An edge is where brightness changes: the difference of two neighbours. In a photograph every pixel is a little off, and a
# bare difference finds mostly that. Irwin Sobel's remedy of 1968 is to take the difference in one direction and a soft mean
# (1, 2, 1) across it:
#
#       1                          -1  0  1
#       2    times   -1 0 1   =    -2  0  2         and turned over its diagonal for the other direction
#       1                          -1  0  1
#
# The first answers where it gets brighter to the *right*, the second where it gets brighter *downwards*.

# %%
def sobel():
    """Return the two Sobel kernels.

    returns (2, 3, 3) float64: first the one that answers positively where it gets brighter to the right, then the one that
    answers positively where it gets brighter downwards

    >>> sobel()[0]
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    raise NotImplementedError("sobel is yours to write")


# %% [markdown]
# ## Spots: different from all around
#
# Is a pixel like its four neighbours? Add the neighbours and take the pixel away four times:
#
#       0  1  0
#       1 -4  1          even surface: 0     slope: 0     dark spot: positive     edge: one sign on either side
#       0  1  0
#
# It is called after Laplace, and it is the sum of two second differences, left-right and up-down. A slope does not impress
# it, since what is missing on one side is too much on the other. Take it away from the image and the image gets *sharper*.

# %%
def laplacian():
    """Return the kernel that compares a pixel with its four neighbours: positive where the pixel is darker than they are.

    returns (3, 3) float64, summing to 0

    >>> laplacian().sum()
    np.float64(0.0)
    """
    raise NotImplementedError("laplacian is yours to write")


# %% [markdown]
# ## How steep: both directions together
#
# At an edge that runs aslant both Sobel kernels answer, each with a part. Together they are a vector, the *gradient*: it
# points to where it gets brighter, and its length says how steeply, whatever the direction. Pythagoras gives the length:
#
#       strength = sqrt(gx*gx + gy*gy)
#
# | what is there | gx | gy | strength |
# |---|---:|---:|---:|
# | even surface | 0 | 0 | 0 |
# | upright edge from 0 to 1 | 4 | 0 | 4 |
# | level edge from 0 to 1 | 0 | 4 | 4 |
# | corner | 3 | 3 | 4.24 |
#
# No padding here: a frame of zeros would be the strongest edge of all.

# %%
def edge_strength(images):
    """Return how steeply the brightness changes at every place, whatever the direction.

        out = sqrt(gx^2 + gy^2),   gx and gy the answers of the two Sobel kernels, without padding

    images: (N, C, H, W), numbers of any kind; each channel is treated by itself, and nothing is changed
    returns (N, C, H - 2, W - 2): float32 if the images are float32 (float64 is right as well), else float64
    raises ValueError unless there are four axes and at least 3 rows and columns

    >>> edge_strength(np.array([[[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]]], dtype=np.uint8))
    array([[[[4., 4.]]]])
    """
    raise NotImplementedError("edge_strength is yours to write")


# %% [markdown]
# ## A bank of filters, a map for each
#
# A layer of a network asks many questions at once. Its kernels are its *bank*; each makes a map of its own, and together the
# maps are an image again, with K channels that no longer mean red, green and blue but "edge here", "spot here".
#
#                         kernel 0   -->  map 0
#       one grey image -- kernel 1   -->  map 1        (N, 1, H, W) and (K, kh, kw)  ->  (N, K, H, W)
#                         kernel 2   -->  map 2
#
# So that a map can be laid over its image, it is kept at the image's size: with zeros around the image, as many as the kernel
# has on either side of its middle. Rows and columns may differ, and a kernel without a middle (of even size) cannot do it.

# %%
def feature_maps(images, bank):
    """Return the answer of every kernel to every image, at the image's size.

        out[n, k] = images[n, 0] with a frame of zeros, (kh - 1)/2 rows and (kw - 1)/2 columns on each side, under bank[k]

    images: (N, 1, H, W), grey, numbers of any kind   bank: (K, kh, kw), kh and kw odd; neither is changed
    returns (N, K, H, W): float32 if both are float32 (float64 is right as well), else float64
    raises ValueError if the images do not have exactly one channel, or the bank is not (K, odd, odd)

    >>> image = np.array([[[[1.0, 2.0, 4.0]]]])
    >>> feature_maps(image, np.array([[[-1.0, 0.0, 1.0]], [[0.0, 2.0, 0.0]]]))
    array([[[[ 2.,  3., -2.]],
    <BLANKLINE>
            [[ 2.,  4.,  8.]]]])
    """
    raise NotImplementedError("feature_maps is yours to write")


# %% [markdown]
# ## To be looked at
#
# A screen shows numbers from 0 to 1. A map has any numbers, negative ones as well, and each kernel its own range. To look at
# maps side by side, stretch each one by itself: its smallest number becomes black, its largest white.
#
#       shown = (map - smallest) / (largest - smallest)
#
# Then grey is not zero any more, and two maps cannot be compared by their brightness. That is the price. A map in which all
# numbers are the same would divide by zero; it is shown black.

# %%
def to_display(maps):
    """Stretch each map of each image to 0..1, for looking at.

        out[n, k] = (maps[n, k] - its smallest) / (its largest - its smallest), and 0 where a map is constant

    maps: (N, K, H, W), numbers of any kind; not changed
    returns (N, K, H, W): float32 if the maps are float32 (float64 is right as well), else float64

    >>> to_display(np.array([[[[-2.0, 0.0, 2.0]], [[5.0, 5.0, 5.0]]]]))
    array([[[[0. , 0.5, 1. ]],
    <BLANKLINE>
            [[0. , 0. , 0. ]]]])
    """
    raise NotImplementedError("to_display is yours to write")


# %% [markdown]
# ### To play with
#
# A cat in characters, and where it has edges. Blur it first (`feature_maps(cat, gaussian(7, 2.0)[None])`): what becomes of
# its whiskers? What does the difference of a narrow and a wide Gaussian find?

# %% tags=["playground"]
def draw(image):
    """Print an image (H, W) of numbers from 0 to 1, every other row and column."""
    for row in image[::4, ::2]:
        print("".join(" .:-=+*#%@"[int(9.99 * min(max(value, 0), 1))] for value in row))


try:
    with np.load("data/photographs.npz") as file:
        cat = file["cat"].mean(axis=0)[None, None] / 255.0
    draw(cat[0, 0])
    draw(to_display(edge_strength(cat))[0, 0])
except (NotImplementedError, FileNotFoundError) as unfinished:
    print(unfinished)

# %% [markdown]
# ## What networks choose
#
# Nobody gives these kernels to a modern network. The first layer of AlexNet (2012) has 96 filters of 11x11x3, learned from
# 1.2 million photographs, and its authors printed them: about half are edges and gratings in all directions and of several
# widths, the other half spots and edges of colour. Whatever network is trained on photographs, its first layer looks much the
# same, and much like what you have just made by formula. Deeper layers cannot be drawn like that, since their channels are no
# colours. How to look at those is the matter of the unit on the hierarchy.

# %% [markdown] tags=["prose"]
# ## A question
#
# A kernel's numbers sum to 0. What does its map show on an evenly lit wall, and what if the lamp is turned up so that every
# pixel is brighter by the same amount? What if every pixel becomes twice as bright? Why is the first a useful property in a
# network that is to tell cats from dogs, and what kind of kernel would *not* have it? Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
