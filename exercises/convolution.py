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
# # Convolution: one filter slides across the image
#
# You know the neuron: it multiplies each input by a weight, adds the products up and adds a bias. On a photograph that is
# too much of everything: a neuron that looks at all 1920x1080 pixels in colour has 6.2 million weights, and if it has
# learned to find an eye in the upper left corner, it knows nothing about eyes in the lower right one.
#
# A convolutional layer changes two things, and only two:
#
# 1. **A neuron looks at a small patch**, say 3x3 pixels. What makes an edge an edge is next to it.
# 2. **The same neuron looks at every patch.** Its few weights slide across the image, and what it answers at each place
#    becomes one number of a new image, the *feature map*. What is worth finding here is worth finding everywhere.
#
# The sliding weights are the *kernel* (for one channel) or the *filter* (for all of them). In this unit you write the
# sliding: first for one grey image, then for everything that a layer of a real network does.
#
# **What is a kernel?** A small matrix of numbers, and nothing more. There is no rule in it that says "edge"; which numbers it
# holds decides what it finds:
#
#       -1  0  1   light begins    -1 -1 -1   light begins    .3 -.8  .5   nobody
#       -1  0  1   on the right     0  0  0   below           .1 -.2  .9   knows yet
#       -1  0  1                    1  1  1                   .7  .4 -.6
#
# The first two were written by a person. The third is random, and this is how a network begins. Then it is shown examples, and
# after each few of them all nine numbers are changed a little, so that the network's answers become a little less wrong. A
# kernel is a small *learnable* matrix: you write how it slides, the examples say what is in it.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore convolution`, or open
# `convolution.explore.html` in a browser. The window slides over a digit, and the map fills up; three channels of
# a photograph add up to one map.

# %%
import numpy as np

# %% [markdown]
# ## One kernel, one image: a dot product at every place
#
# Lay the kernel on the upper left corner of the image, multiply number by number, and add the products up. That dot product
# is the feature map's first number. Move the kernel one pixel to the right for the next one; at the end of the row, go down
# one row.
#
#        image            kernel            map
#
#       [1  2] 3  4                       [-1]  4  0
#       [0  5] 1  0        1  -1    ->     -3   5  1
#        2  1  0  3        1   0
#
#       1*1 + 2*(-1) + 0*1 + 5*0  =  -1
#
# Do the second number by hand before you go on: its patch is 2 3 over 5 1.
#
# ![A photograph under four kernels](data/pictures/correlate2d_of_a_photograph.png)
#
# **How large is the map?** A kernel of width `kw` fits into a row of `W` pixels at `W - kw + 1` places, here at `4 - 2 + 1`,
# which is three. The same goes for the height, so the map is a little smaller than the image.
#
# **Is that a convolution?** In mathematics a convolution turns the kernel by 180 degrees before it slides. Networks
# leave that out, as every library does: the weights are learned, and would be learned upside down just as well. What you
# write here is properly called a *cross-correlation*.
#
# **Predict.** An image of 4x4 is black but for a single 1 in row 1, column 1. The kernel is 1 2 over 3 4. What does the map
# look like?
#
# <details>
# <summary>Answer</summary>
#
# The bright pixel meets the kernel's *last* number first, when the window is at the top left, and its first number last. So
# the kernel appears in the map turned by 180 degrees, although nobody has turned it: **4 3** over **2 1**.
#
# ```python
# >>> image = np.zeros((4, 4))
# >>> image[1, 1] = 1
# >>> correlate2d(image, np.array([[1, 2], [3, 4]]))
# array([[4., 3., 0.],
#        [2., 1., 0.],
#        [0., 0., 0.]])
# ```
#
# </details>


# %%
def correlate2d(image, kernel):
    """Return the dot product of the kernel with every patch of the image that has the kernel's size.

        out[i, j] = sum over u, v of  image[i + u, j + v] * kernel[u, v]

    The kernel is not flipped, and the image is not padded.

    image: (H, W), numbers of any kind (bytes and whole numbers too)   kernel: (kh, kw), floats or whole numbers
    returns (H - kh + 1, W - kw + 1), floats; where the patch holds NaN, NaN. Neither argument is changed.
    raises ValueError if the kernel is taller or wider than the image

    >>> image = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 5.0, 1.0, 0.0], [2.0, 1.0, 0.0, 3.0]])
    >>> correlate2d(image, np.array([[1.0, -1.0], [1.0, 0.0]]))
    array([[-1.,  4.,  0.],
           [-3.,  5.,  1.]])
    """
    raise NotImplementedError("correlate2d is yours to write")


# %% [markdown]
# ### Try it
#
# A kernel answers strongly where the image looks like the kernel. The one below is dark on the left and bright on the
# right: it finds vertical edges where light begins, and answers with a negative number where light ends. What does
# its transpose find? And a kernel of nine times 1/9?

# %% tags=["playground"]
square = np.zeros((9, 14))
square[2:7, 4:10] = 1
begins_here = np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]])
try:
    for row in correlate2d(square, begins_here):
        print(" ".join(f"{number:3.0f}" for number in row))
except NotImplementedError as unfinished:
    print(unfinished)

# %% [markdown]
# ## Every channel has its own slice of the filter
#
# A colour image has three channels, and deep inside a network there are hundreds. One filter looks at all of them at once:
# it has a kernel for every channel, its *slices*. Each slice slides over its own channel, and the results are **added up
# into one map**.
#
#       channel 0   *  slice w[k, 0]  --.
#       channel 1   *  slice w[k, 1]  ---+-->  sum  + b[k]  -->  map k
#       channel 2   *  slice w[k, 2]  --'
#
# So a "3x3 filter" on a colour image has 3 * 3 * 3 = 27 weights and makes one map, not three. This is how a filter can look
# for red beside green: the slices decide what each channel has to say. A 1x1 filter is not as pointless as it looks,
# either. It sees no neighbours, but it mixes the channels of each pixel.
#
# ## Many filters, many maps
#
# A layer has `K` filters and makes `K` maps, which are the channels of whatever comes next. Each filter has one bias, added
# to its whole map: it is still one neuron, used at many places.
#
# | array   | shape            | its axes                                      |
# |---------|------------------|-----------------------------------------------|
# | images  | (N, C, H, W)     | image, channel, row, column                   |
# | filters | (K, C, kh, kw)   | filter, channel, row and column of the kernel |
# | biases  | (K,)             | filter                                        |
# | maps    | (N, K, Ho, Wo)   | image, filter, row, column                    |
#
# `C` appears in both images and filters and disappears: it is summed over, like the inner size of a matrix product.
#
# ## Stride and padding: which places count
#
# With stride 2 the filter moves by two pixels and answers at every other place, in both directions. The map is half as high
# and half as wide, and costs a quarter. Number (i, j) of the map belongs to the window that *starts* at
# `(i*stride, j*stride)`; within the window, neighbours stay neighbours.
#
#       stride 2      [0 1 2] 3 4 5 6 7
#       kernel 3       0 1 [2 3 4] 5 6 7
#       width 8        0 1 2 3 [4 5 6] 7        3 places, and pixel 7 is left over
#
# Padding puts rings of zeros around each image, so that the filter can be centred on a border pixel. With both, the map's
# height is
#
#       Ho = (H + 2*padding - kh)//stride + 1
#
# and `Wo` follows in the same way from `W` and `kw`. The `//` drops a last step that does not fit; the `+ 1` is the place
# where the filter starts.
#
# ## All images, all channels, all filters
#
# Now put it together. Get it right first, with as many loops as you like: the tests use small images. The section below
# shows how to make it fast, which is worth points of its own.
#
# **Predict.** A colour image of 4x4 is 1 everywhere, in all three channels. One filter of 3x3, also all ones, slides over
# it with padding 1 and no bias. How large is the map? What is its largest number, and what stands in its corners?
#
# <details>
# <summary>Answer</summary>
#
# Padding 1 keeps the size, so the map is 4x4. In the middle the filter adds up 3·3·3 = **27** ones. In a corner, five of
# the nine places of each slice lie on zeros: 3·4 = **12**. At an edge three of nine do: **18**. It is one map, not three.
#
# ```python
# >>> conv2d(np.ones((1, 3, 4, 4)), np.ones((1, 3, 3, 3)), padding=1)
# array([[[[12., 18., 18., 12.],
#          [18., 27., 27., 18.],
#          [18., 27., 27., 18.],
#          [12., 18., 18., 12.]]]])
# ```
#
# </details>


# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide every filter over every image and add up what lies under it.

        out[n, k, i, j] = b[k] + sum over c, u, v of  xp[n, c, i*stride + u, j*stride + v] * w[k, c, u, v]

    where xp is x with ``padding`` rings of zeros around each image. The filter is not flipped.

    x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None, which adds nothing
    stride: int, 1 or more   padding: int, 0 or more
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh)//stride + 1 and Wo likewise: float32 or float64 if all arrays are float32,
    and float64 otherwise, for images of bytes or whole numbers and for filters of whole numbers too. A window that holds NaN
    gives NaN. No argument is changed.
    raises ValueError if the stride is below 1, the padding is negative, the kernel is larger than the padded image,
    x and w differ in their number of channels, or b does not hold one number per filter

    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d(x, np.array([[[[0.0, 1.0]]]]))[0, 0, 0]  # each pixel's right neighbour
    array([1., 2.])
    >>> conv2d(x, np.ones((2, 1, 3, 3)), b=np.array([0.5, 100.0]), stride=2, padding=1)[0, 1]
    array([[108., 112.],
           [120., 124.]])
    >>> conv2d(np.ones((5, 3, 32, 32)), np.ones((8, 3, 5, 5)), stride=2, padding=1).shape
    (5, 8, 15, 15)
    """
    raise NotImplementedError("conv2d is yours to write")


# %% [markdown]
# ## Fast enough: loop over the kernel, not over the pixels
#
# One number of one map costs `C * kh * kw` multiplications, and there are `N * K * Ho * Wo` of them. That adds up:
#
# | layer                                   | image      | filters      | multiplications for one image |
# |-----------------------------------------|------------|--------------|------------------------------:|
# | first layer of LeNet-5 (1998)           | 1x32x32    | 6 of 5x5     |                       117,600 |
# | the timed case of this unit             | 4x40x40    | 8 of 5x5     |                     1,036,800 |
# | first layer of AlexNet (2012), stride 4 | 3x227x227  | 96 of 11x11  |                   105,415,200 |
#
# Seven nested Python loops do about three million of these per second: for a single image, LeNet's layer takes a blink
# and AlexNet's half a minute. It is not the arithmetic that is slow but Python's work *around* each multiplication, so
# give NumPy many at a time.
#
# The trick is to look at the sum from the other side. Do not ask what one output pixel needs; ask **what one weight does**.
# The weight in row `u` and column `v` of a kernel is multiplied by nearly the whole image: by everything that it passes
# over while the kernel slides. At stride 1 that is the image without its first `u` rows and `v` columns, cut to the map's
# size:
#
#       kernel 2x2      a passes over      b passes over      c, d ...
#
#         a  b            # # # .            . # # #
#         c  d            # # # .            . # # #
#                         . . . .            . . . .
#
#       map  =      a * (this part)  +  b * (this part)  +  c * ...  +  d * ...
#
# The remaining loops run over the taps of the kernel (25 for a 5x5 kernel), however large the image is, and slices with a
# step, `start:stop:stride`, take care of the stride. The sum over channels for all filters at once is a matrix product, or
# `np.einsum`. Another way is to cut out all windows first (`np.lib.stride_tricks.sliding_window_view`) and do the rest in
# a single product; the literature calls it *im2col*.
#
# On the timed case, two images of 4x40x40 and eight filters of 5x5, we measured against a compiled reference:
#
# | how                                              | times the reference |
# |--------------------------------------------------|--------------------:|
# | all windows cut out, one matrix product          |                   1 |
# | loop over the taps, matrix product over channels |                   1 |
# | all windows cut out, plain `np.einsum`           |                  10 |
# | loop over output pixels, matrix product for each |                  12 |
# | loop over filters, channels and taps             |                  15 |
# | loop over images, filters and output pixels      |                 280 |
# | seven loops                                      |               2,200 |
#
# The report shows your own ratio and the limit up to which it earns full points. Being slower costs points gradually,
# being wrong costs them all at once: keep the slow version and compare the fast one with it.

# %% tags=["playground"]
from time import perf_counter

random = np.random.default_rng(0)
images, bank = random.normal(size=(2, 4, 40, 40)), random.normal(size=(8, 4, 5, 5))
try:
    conv2d(images, bank)
    start = perf_counter()
    maps = conv2d(images, bank)
    print(f"{images.shape} -> {maps.shape} in {1000 * (perf_counter() - start):.1f} ms")
except NotImplementedError as unfinished:
    print(unfinished)

# %% [markdown]
# ## Where this is used
#
# In nearly every network that reads images. ResNet-50 (2015), for years the usual choice for photographs, is 49 convolutions
# one after another and a single dense layer. Even the transformers that have taken over some of this work cut an image into
# patches with a convolution, one whose stride is as large as its kernel. The same idea with one axis listens to sound and
# follows heartbeats; with three it reads the slices of a CT scan or a few seconds of video. What your phone's camera does to a
# picture before you see it, taking out noise, sharpening, filling in colours, is convolution with kernels, some written by a
# person and some learned. And graphics cards have circuits for the matrix product that you have just turned it into.

# %% [markdown] tags=["prose"]
# ## A question
#
# Somebody moves the camera a little, and the whole picture shifts to the right by three pixels. What happens to the feature
# map of a convolution with stride 1, away from the borders? What happens to it with stride 2, and why is that not quite the
# same? Say in a few sentences what a fully connected layer would make of the shifted picture, and what that means for the
# number of examples it needs.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
