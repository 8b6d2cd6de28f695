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
# How do you read the question off the numbers? A dot product is largest when both sides look alike: of all patches with the
# same contrast, the one that looks like the kernel gives the largest answer. So **a kernel looks for what it looks like**:
# draw it as a picture, bright where it is positive and dark where it is negative, and you see what it responds to.
#
#       -1  0  1     dark left,              1   1   1     bright above,
#       -2  0  2     bright right            0   0   0     dark below
#       -1  0  1                            -1  -1  -1
#
#        0  1  0     a dark spot            1/9 1/9 1/9    nothing:
#        1 -4  1     on a bright area       1/9 1/9 1/9    it takes the mean
#        0  1  0                            1/9 1/9 1/9
#
# ![A photograph under seven kernels](data/pictures/feature_maps_of_the_cat.png)
#
# Look at the sum of a kernel's numbers, too. If it is 0, the kernel is blind to brightness: an even surface gives 0, however
# bright it is. If it is 1, an even surface stays as it is. Kernels of the first kind *find* something, those of the second
# kind *change the picture*.
#
# In this unit you compute the classical kernels from formulas, slide whole banks of them over photographs, and look at the
# maps. In the last unit a network finds its own, and you will recognise some.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore filters`, or open
# `filters.explore.html` in a browser. Change the nine numbers of a kernel and watch the maps of three photographs, or of a
# picture of your own.

# %%
import numpy as np

# %% [markdown]
# ## What you already have
#
# The sliding is given here in plain NumPy, for images with one channel and with padding by zeros. A mistake in the unit
# on convolution costs you nothing in this one.

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
# A mean over a square blurs, and leaves traces of the square: every bright dot becomes a little tile. It is better to let
# the weight fall off with the distance from the middle, as Gauss's bell curve does:
#
#       g(dy, dx) = exp(-(dy*dy + dx*dx) / (2*sigma*sigma)),  all divided by their sum
#
# `sigma` is the width: at a distance of one sigma the weight has fallen to 61 %, at two to 14 %, at three to 1 %. So a kernel
# of about six sigma across holds all that matters.
#
#       size 5, sigma 1, in thousandths:      3  13  22  13   3
#                                            13  60  98  60  13
#                                            22  98 162  98  22
#                                            13  60  98  60  13
#                                             3  13  22  13   3
#
# After the division the weights sum to 1, so the image keeps its brightness.
#
# The bell has a second advantage. Since exp(a + b) = exp(a) * exp(b), the square is a product of a column and a row: every
# number in the table above is the weight of its row times the weight of its column (0.054, 0.244, 0.403, 0.244, 0.054).
# Such a kernel is *separable*: blur all rows first, then all columns of the result, and you get the same image for less
# work.
#
# | size | weights of the square | of a row and a column |
# |---:|---:|---:|
# | 3 | 9 | 6 |
# | 7 | 49 | 14 |
# | 31 | 961 | 62 |
#
# **Predict.** What is left of a Gaussian of size 3 when `sigma` is huge, 1000 say? And when it is tiny, 0.1?
#
# <details>
# <summary>Answer</summary>
#
# With a huge sigma the bell is flat as far as the kernel reaches: nine times 1/9, **0.111**, a plain mean. With a tiny one
# the neighbours are ten sigmas away and count for nothing: a **1** in the middle, which leaves the image as it was.
#
# ```python
# >>> gaussian(3, 1000.0).round(3)
# array([[0.111, 0.111, 0.111],
#        [0.111, 0.111, 0.111],
#        [0.111, 0.111, 0.111]])
# >>> gaussian(3, 0.1).round(3)
# array([[0., 0., 0.],
#        [0., 1., 0.],
#        [0., 0., 0.]])
# ```
#
# </details>

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
# ## Edges: the difference, smoothed
#
# An edge is where brightness changes: the difference of two neighbours. In a photograph every pixel is a little off, and a
# plain difference finds mostly that noise. Irwin Sobel's remedy of 1968 is to take the difference in one direction and a
# soft mean (1, 2, 1) across it. So this kernel is a column times a row, too:
#
#       1                          -1  0  1
#       2    times   -1 0 1   =    -2  0  2       and, for the other direction,
#       1                          -1  0  1       flipped over its diagonal
#
# The first answers where it gets brighter to the *right*, the second where it gets brighter *downwards*.
#
# **Predict.** A patch is a ramp: every row is 0 1 2. What do the two kernels answer?
#
# <details>
# <summary>Answer</summary>
#
# From the left column to the right one it is 2 in each row, and the rows count 1, 2, 1: **8** in all. Downwards nothing
# changes, so the second kernel says **0**.
#
# ```python
# >>> ramp = np.array([[0, 1, 2], [0, 1, 2], [0, 1, 2]])
# >>> (sobel() * ramp).sum(axis=(1, 2))
# array([8., 0.])
# ```
#
# </details>

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
#       0  1  0       even surface: 0     dark spot: positive
#       1 -4  1       slope: 0            edge: one sign on either side
#       0  1  0
#
# It is named after Laplace, and it is the sum of two second differences, 1 -2 1 from left to right and the same downwards. A
# slope gives 0, since what one neighbour lacks, the one on the other side has in excess. Subtract the map from the image and
# the image gets *sharper*.
#
# **Predict.** What does the kernel answer to the same ramp, whose rows are 0 1 2? To a single dark pixel, a 0 among ones?
# To a single bright pixel, a 1 among zeros?
#
# <details>
# <summary>Answer</summary>
#
# To the ramp **0**: what the left neighbour lacks, the right one has in excess. To the dark pixel **4**, its four
# neighbours. To the bright one **-4**. Bright and dark spots differ in the sign of the answer only.
#
# ```python
# >>> ramp = np.array([[0, 1, 2], [0, 1, 2], [0, 1, 2]])
# >>> dark, bright = np.ones((3, 3)), np.zeros((3, 3))
# >>> dark[1, 1], bright[1, 1] = 0, 1
# >>> [float((laplacian() * patch).sum()) for patch in (ramp, dark, bright)]
# [0.0, 4.0, -4.0]
# ```
#
# </details>

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
# At a slanted edge both Sobel kernels answer, each with a part. Together they are a vector, the *gradient*: it points to
# where it gets brighter, and its length says how steeply, whatever the direction. Pythagoras gives the length:
#
#       strength = sqrt(gx*gx + gy*gy)
#
# | what is there | gx | gy | strength |
# |---|---:|---:|---:|
# | even surface | 0 | 0 | 0 |
# | vertical edge from 0 to 1 | 4 | 0 | 4 |
# | horizontal edge from 0 to 1 | 0 | 4 | 4 |
# | corner | 3 | 3 | 4.24 |
#
# No padding here: a frame of zeros would be the strongest edge of all.
#
# ![Three photographs, and where their brightness changes steeply](data/pictures/edge_strength_of_photographs.png)
#
# **Predict.** A vertical edge from 0 to 1 has the strength 4. How strong is an edge from 10 to 14? And one from 14 to 10?
#
# <details>
# <summary>Answer</summary>
#
# **16**, and 16 again. Only the difference counts, which is four times as large, and not how bright it is on both sides.
# From light to dark gx is negative, but a length has no sign.
#
# ```python
# >>> rise = np.array([[[[10, 10, 14, 14]] * 3]])
# >>> edge_strength(rise), edge_strength(rise[..., ::-1])
# (array([[[[16., 16.]]]]), array([[[[16., 16.]]]]))
# ```
#
# </details>

# %%
def edge_strength(images):
    """Return how steeply the brightness changes at every place, whatever the direction.

        out = sqrt(gx^2 + gy^2),   gx and gy the answers of the two Sobel kernels, without padding

    images: (N, C, H, W), numbers of any kind (bytes and whole numbers too); each channel is treated by itself; not changed
    returns (N, C, H - 2, W - 2): float32 if the images are float32 (float64 is also accepted), else float64; NaN where a
    kernel reads NaN
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
#       one grey image -- kernel 1   -->  map 1
#                         kernel 2   -->  map 2
#
#       (N, 1, H, W)   (K, kh, kw)   ->   (N, K, H, W)
#
# A map keeps the size of its image, so that the two can be compared place by place. This takes zeros around the image, as
# many as the kernel has numbers on either side of its middle. Rows and columns may differ, and a kernel of even size has
# no middle and cannot do this.
#
# **Predict.** What does the kernel 0 0 1, one row high, make of the row 1 2 4?
#
# <details>
# <summary>Answer</summary>
#
# Its 1 lies on the right neighbour of each pixel, so the map holds each pixel's right neighbour: the row moved to the
# *left*, **2 4 0**. The last pixel's neighbour is in the frame, and a 0.
#
# ```python
# >>> feature_maps(np.array([[[[1, 2, 4]]]]), np.array([[[0, 0, 1]]]))
# array([[[[2., 4., 0.]]]])
# ```
#
# </details>

# %%
def feature_maps(images, bank):
    """Return the answer of every kernel to every image, at the image's size.

        out[n, k] = images[n, 0] with a frame of zeros, (kh - 1)/2 rows and (kw - 1)/2 columns on each side, under bank[k]

    images: (N, 1, H, W), grey, numbers of any kind (bytes and whole numbers too)
    bank: (K, kh, kw), kh and kw odd, floats or whole numbers; neither is changed
    returns (N, K, H, W): float32 if both are float32 (float64 is also accepted), else float64; NaN where a kernel reads NaN
    raises ValueError if the images do not have exactly one channel, or the bank is not (K, odd, odd)

    >>> image = np.array([[[[1.0, 2.0, 4.0]]]])
    >>> feature_maps(image, np.array([[[-1.0, 0.0, 1.0]], [[0.0, 2.0, 0.0]]]))
    array([[[[ 2.,  3., -2.]],
    <BLANKLINE>
            [[ 2.,  4.,  8.]]]])
    """
    raise NotImplementedError("feature_maps is yours to write")


# %% [markdown]
# ## Maps to look at
#
# A screen shows numbers from 0 to 1. A map holds any numbers, negative ones too, and each kernel has its own range. To look
# at maps side by side, stretch each one by itself: its smallest number becomes black, its largest white.
#
#       shown = (map - smallest) / (largest - smallest)
#
# Then grey no longer means zero, and two maps cannot be compared by their brightness. That is the price. A map in which all
# numbers are the same would divide by zero; it is shown black. No other map is, however faint: one that runs from 0 to a
# billionth of a billionth has a smallest and a largest number like any other. (Many people add a small number to the divisor,
# to be safe. Then such a map comes out black, too.)
#
# **Predict.** Three maps hold 0 1 2, 100 101 102 and -1 0 3. Which of them look alike on the screen? How bright is the 0 of
# the third?
#
# <details>
# <summary>Answer</summary>
#
# The first two look the same: each runs from its smallest number to its largest. The 0 of the third is a quarter of the way
# from -1 to 3, so it is shown at **0.25**, a dark grey.
#
# ```python
# >>> maps = np.array([[[[0, 1, 2]], [[100, 101, 102]], [[-1, 0, 3]]]])
# >>> to_display(maps)[0, :, 0]
# array([[0.  , 0.5 , 1.  ],
#        [0.  , 0.5 , 1.  ],
#        [0.  , 0.25, 1.  ]])
# ```
#
# </details>

# %%
def to_display(maps):
    """Stretch each map of each image to 0..1, for display.

        out[n, k] = (maps[n, k] - its smallest) / (its largest - its smallest), and 0 where a map is constant

    The largest number of every other map becomes 1, however faint the map is.

    maps: (N, K, H, W), numbers of any kind (bytes and whole numbers too); not changed
    returns (N, K, H, W): float32 if the maps are float32 (float64 is also accepted), else float64

    >>> to_display(np.array([[[[-2.0, 0.0, 2.0]], [[5.0, 5.0, 5.0]]]]))
    array([[[[0. , 0.5, 1. ]],
    <BLANKLINE>
            [[0. , 0. , 0. ]]]])
    """
    raise NotImplementedError("to_display is yours to write")


# %% [markdown]
# ### Try it
#
# A cat in characters, and where it has edges. Blur it first (`feature_maps(cat, gaussian(7, 2.0)[None])`): what happens to
# its whiskers? What does the difference between a narrow and a wide Gaussian find?
#
# The second cell makes a bank that looks in eight directions: cos and sin of an angle, times the two Sobel kernels. It
# asks each kernel about a bright disc and marks every place with the direction of the kernel that answers most: the arrow
# points to where it gets brighter. Every part of the rim is found by a different one.

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

# %% tags=["playground"]
try:
    rows, columns = np.mgrid[:21, :21] - 10
    disc = (rows**2 + columns**2 < 50).astype(float)
    angles = np.arange(8) * np.pi / 4
    right, down = sobel()
    compass = np.array([np.cos(angle) * right + np.sin(angle) * down for angle in angles])
    answers = feature_maps(disc[None, None], compass)[0]
    strongest = np.where(answers.max(axis=0) > 2, answers.argmax(axis=0), 8)
    print("\n".join("".join(">\\v/<\\^/."[number] + " " for number in line) for line in strongest))
    one_row = gaussian(9, 1.5).sum(axis=0)
    print("a column times a row is the whole Gaussian:", np.allclose(np.outer(one_row, one_row), gaussian(9, 1.5)))
except NotImplementedError as unfinished:
    print(unfinished)

# %% [markdown]
# ## What networks choose
#
# Nobody gives these kernels to a modern network. The first layer of AlexNet (2012) has 96 filters of 11x11x3, learned from
# 1.2 million photographs, and its authors printed them: about half are edges and gratings in all directions and of several
# widths, with hardly any colour; the other half are spots and edges of colour. Any network that is trained on photographs
# gets much the same first layer, and it looks much like what you have just made from formulas.
#
# Why these? Because of what photographs are made of. Nearly every pixel is like its neighbour, so the mean of a patch says
# little about what is in it, and most patches are smooth. What sets one patch apart from another is where a surface ends: an
# edge, in some direction, sharp or soft. Colour changes more slowly than brightness does, so a blob of it is enough. A
# filter that responds to such things is useful whether the network has to recognise dogs or cars. In 1996 Olshausen and
# Field looked for patterns such that a few at a time make up any patch of a photograph, without any labels to learn: they
# got oriented edges. And Hubel and Wiesel had found cells that respond to them in the cat's visual cortex around 1960.
#
# | by hand | learned, first layer |
# |---|---|
# | Sobel, two directions | edges in many directions |
# | Laplacian, difference of two Gaussians | spots of light and of colour |
# | Gaussian | soft blobs of a single colour |
# | none in this unit | gratings: several stripes side by side |
#
# Deeper layers cannot be drawn like that, since their channels are not colours. The unit on the hierarchy shows how to look
# at those.

# %% [markdown]
# ## Where this is used
#
# Photo editors still sharpen with a Laplacian or with the difference between a picture and its blurred self. A phone that
# scans a page looks for the four long edges of the paper. A camera that focuses moves its lens until the edges are
# strongest. Canny's edge detector (1986), as the libraries write it, is your Gaussian, your two Sobel kernels, and some
# clean-up. And SIFT (1999), which finds the same corner of a house in two photographs so that they can be joined into a
# panorama, looks for spots with differences of Gaussians. Wherever there are too few examples to learn from, kernels from
# formulas are the first thing to try.

# %% [markdown] tags=["prose"]
# ## A question
#
# A kernel's numbers sum to 0. What does its map show on an evenly lit wall, and what if the lamp is turned up so that every
# pixel is brighter by the same amount? What if every pixel becomes twice as bright? Why is the first a useful property in a
# network that has to tell cats from dogs, and what kind of kernel would *not* have it? Three or four sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
