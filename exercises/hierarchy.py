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
# # Hierarchy: edges, then textures, then parts, then objects
#
# A 3x3 filter sees nine pixels. In nine pixels there is room for an edge, a spot or a bit of colour, and for nothing else:
# no eye, no wheel, no letter. So how can a network of small filters recognise a face?
#
# By asking again. The maps of the first layer are images too: "here is an edge", pixel by pixel. A filter of the second
# layer slides over *those*, and finds arrangements of edges. The third layer finds arrangements of arrangements:
#
# | block | made from | typically answers to | one number sees |
# |---|---|---|---|
# | 1 | pixels | edges, spots of colour | a few pixels |
# | 2 | edges | corners, curves, textures (grids, fur, stripes) | a small patch |
# | 3 | corners and textures | parts: an eye, a wheel, a window | a large patch |
# | 4, 5 | parts | objects: a face, a car, a house | most of the image |
#
# Nobody plans these steps in a trained network; they come out of the training. Zeiler and Fergus looked into one in 2013
# and found just this ladder. Hubel and Wiesel had found its first rungs in the visual cortex of the cat around 1960, and
# Fukushima's Neocognitron of 1980 was a network modelled on them: filters, then pooling, then filters again.
#
# A small network has a short ladder. This is the LeNet of the next unit, which has learned to read digits. Each row belongs to
# one of its maps: in 200 digits, the places that excite it most. First edges, then pieces of strokes, and its ten answers
# want whole digits.
#
# ![What excites the maps of a trained network most](data/pictures/feature_hierarchy_most_exciting.png)
#
# And this is a photograph in three blocks whose filters were set by hand:
#
# ![A photograph through three blocks](data/pictures/feature_hierarchy_block_by_block.png)
#
# In this unit you build the ladder. You write the block that is repeated, chain it, and work out how far each layer sees.
# Then a network of nine filters, each set by hand so that you can check it with your own eyes, finds squares.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore hierarchy`, or open
# `hierarchy.explore.html` in a browser. A click on a number of any map shows the part of the image that it sees, and what
# excites its map most in 1,797 digits.

# %%
import numpy as np

# %% [markdown]
# ## What you already have
#
# Convolution and pooling are given here in plain NumPy: the stride of the convolution is 1, and pooling windows do not
# overlap. A mistake in an earlier unit costs you nothing in this one. Both raise `ValueError` when something does not fit.

# %%
def float_type(*arrays):
    """Return float32 if all arrays are float32, else float64. None means that there is no such array."""
    return np.float32 if all(a.dtype == np.float32 for a in arrays if a is not None) else np.float64


def conv2d(x, w, b=None, padding=0):
    """Slide every filter over every image: x (N, C, H, W), w (K, C, kh, kw), b (K,) or None -> (N, K, Ho, Wo)."""
    dtype = float_type(x, w, b)
    if padding < 0:
        raise ValueError(f"padding must be 0 or more, not {padding}")
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"the filters expect {w.shape[1]} channels, but x has {x.shape[1]}")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if x.shape[2] < w.shape[2] or x.shape[3] < w.shape[3]:
        raise ValueError(f"a kernel of {w.shape[2]}x{w.shape[3]} is larger than the padded image of {x.shape[2]}x{x.shape[3]}")
    patches = np.lib.stride_tricks.sliding_window_view(x.astype(dtype), w.shape[2:], axis=(2, 3))
    out = np.tensordot(w.astype(dtype), patches, axes=([1, 2, 3], [1, 4, 5])).swapaxes(0, 1)
    return out if b is None else out + b.astype(dtype)[:, None, None]


def maxpool2d(x, pool):
    """Keep the largest number of each pool x pool window; rows and columns that fill no window are dropped."""
    if pool < 1:
        raise ValueError(f"pool must be 1 or more, not {pool}")
    rows, columns = x.shape[2] // pool, x.shape[3] // pool
    if rows == 0 or columns == 0:
        raise ValueError(f"a pooling window of {pool}x{pool} is larger than the map of {x.shape[2]}x{x.shape[3]}")
    x = x[:, :, : rows * pool, : columns * pool]
    out = x[:, :, ::pool, ::pool]
    for i in range(pool):
        for j in range(pool):
            out = np.maximum(out, x[:, :, i::pool, j::pool])
    return out


# %% [markdown]
# ## ReLU: a filter may say "not here", but nothing less
#
# A filter's answer is large and positive where the image looks like the filter, near zero where it has nothing to do with
# it, and negative where the image is its opposite. For "is there a corner here?" all but the first mean no. ReLU says so:
# negative numbers become 0, positive ones stay.
#
# Without it the ladder has only one rung. Convolution is linear, and two linear steps in a row are one linear step: a 3x3
# filter on top of a 3x3 filter would be just another 5x5 filter. What ReLU adds, together with the bias, is a *threshold*:
# a filter that sums two edge maps with the bias -1 gives 1 where both say 1, and 0 where only one does. That is a logical
# AND, made of a sum and a ReLU.
#
# **Predict.** A filter answers -3, 5 and -1 at three places. A second filter has the same weights with opposite signs. What
# does ReLU leave of the answers of each? Is anything lost?
#
# <details>
# <summary>Answer</summary>
#
# The first keeps **0, 5, 0**. The second answers 3, -5, 1 and keeps **3, 0, 1**. Each filter loses half, but the two
# together hold everything: that is why the edge filters below come in pairs.
#
# ```python
# >>> answers = np.array([-3, 5, -1])
# >>> relu(answers), relu(-answers)
# (array([0., 5., 0.]), array([3., 0., 1.]))
# ```
#
# </details>

# %%
def relu(x):
    """Set negative numbers to 0 and keep the others.

        out = max(x, 0), number by number

    x: an array of any shape; NaN stays NaN, infinity stays infinity, and minus infinity becomes 0
    returns an array of x's shape: float32 if x is float32, otherwise float64 (for bytes and whole numbers, too)

    >>> relu(np.array([[-2.0, 0.0, 3.5]]))
    array([[0. , 0. , 3.5]])
    >>> relu(np.array([-1, 4])).dtype
    dtype('float64')
    """
    raise NotImplementedError("relu is yours to write")


# %% [markdown]
# ## One block: convolve, clip, pool
#
# The part that is repeated is short:
#
#     x -> convolution -> ReLU -> max pooling -> the next x
#
# The convolution says *what* is where, ReLU forgets the rest, and pooling gives up a little of the *where*: the strongest
# answer in each window stays, its exact place is lost. That is a bargain. An eye is still an eye one pixel to the left,
# and the next block has a quarter of the numbers to read if the windows are 2x2.
#
# You may also pool before the ReLU. The result is the same (why?), and there is less to clip.
#
# **Predict.** An image of 7x7 is 1 everywhere. It goes through a block with one filter of 3x3 ones, padding 1 and pooling
# by 2. How large is the map that comes out? What is the number in its corner? What comes out with a bias of -9?
#
# <details>
# <summary>Answer</summary>
#
# The convolution keeps 7x7 and the pooling makes it 3x3; the last row and column fill no window. The corner of the
# convolution's map is 4, but its window also holds a 9, and the 9 wins: the result is **9** everywhere. With the bias, it
# is **0** everywhere.
#
# ```python
# >>> image, ones = np.ones((1, 1, 7, 7)), np.ones((1, 1, 3, 3))
# >>> conv_block(image, ones, padding=1, pool=2)
# array([[[[9., 9., 9.],
#          [9., 9., 9.],
#          [9., 9., 9.]]]])
# >>> float(conv_block(image, ones, np.array([-9]), padding=1, pool=2).max())
# 0.0
# ```
#
# </details>

# %%
def conv_block(x, w, b=None, padding=0, pool=1):
    """Convolve with stride 1, clip with ReLU, then keep the maximum of each pool x pool window.

        out = maxpool(relu(conv(x, w) + b))

    The padding is of zeros and belongs to the convolution; pooling has none. Pooling windows do not overlap (their stride is
    their size), and rows and columns that fill no window are dropped; ``pool=1`` leaves the map as it is.

    x: (N, C, H, W), numbers of any kind (bytes too)   w: (K, C, kh, kw)   b: (K,) or None   padding, pool: ints
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh + 1)//pool, Wo likewise; float32 if all arrays are float32, else float64,
    for whole numbers too; NaN where a window reads NaN
    ValueError if padding < 0, if pool < 1, if channels differ, or if a kernel or pooling window is larger than its input

    >>> x = np.array([[[[0.0, 1.0, 5.0, 2.0, 2.0]]]])
    >>> rises = np.array([[[[-1.0, 1.0]]]])          # right neighbour minus pixel: 1, 4, -3, 0
    >>> conv_block(x, rises)
    array([[[[1., 4., 0., 0.]]]])
    >>> conv_block(np.repeat(x, 2, axis=2), rises, np.array([-0.5]), pool=2)
    array([[[[3.5, 0. ]]]])
    """
    raise NotImplementedError("conv_block is yours to write")


# %% [markdown]
# ## The chain: what one block finds is what the next one reads
#
# A network of this kind is a list of layers. Each layer is a tuple `(w, b, padding, pool)`: its own filters, its own
# biases, its own border and window. The image goes into the first block, the first block's maps into the second, and so on.
# The number of channels that a layer's filters expect is the number of filters in the layer before.
#
# We keep the maps after *every* block, since looking at them is the point of this unit. (Training needs them as well, as
# you will see in the last unit.)
#
# **Predict.** Two grey images of 28x28 go through two layers. The first has 6 filters of 5x5, padding 2 and pooling by 2;
# the second has 16 filters of 5x5, no padding and pooling by 2. Which shapes do the three arrays have? Which shape do the
# second layer's weights have?
#
# <details>
# <summary>Answer</summary>
#
# The images are **(2, 1, 28, 28)**. The first layer keeps 28 and halves it: **(2, 6, 14, 14)**. The second makes 10 of 14
# and halves it: **(2, 16, 5, 5)**. Its filters read 6 channels, so its weights are (16, 6, 5, 5).
#
# ```python
# >>> first, second = np.ones((6, 1, 5, 5)), np.ones((16, 6, 5, 5))
# >>> layers = [(first, None, 2, 2), (second, None, 0, 2)]
# >>> [a.shape for a in feature_hierarchy(np.ones((2, 1, 28, 28)), layers)]
# [(2, 1, 28, 28), (2, 6, 14, 14), (2, 16, 5, 5)]
# ```
#
# </details>

# %%
def feature_hierarchy(x, layers):
    """Send images through one block after the other and keep all maps on the way.

        maps[0] = x,   maps[i] = conv_block(maps[i - 1], w, b, padding, pool) with the i-th layer's (w, b, padding, pool)

    x: (N, C, H, W), numbers of any kind (bytes and whole numbers too)
    layers: a list of tuples (w, b, padding, pool) as `conv_block` takes them
    returns a list of len(layers) + 1 arrays: the images unchanged, then the maps after each block
    ValueError where a layer does not fit its input

    Your time is measured here, on one small image and two layers: let NumPy work on whole maps instead of looping over pixels.

    >>> x = np.zeros((1, 1, 5, 6))
    >>> layers = [(np.ones((2, 1, 2, 2)), None, 1, 3), (np.ones((4, 2, 1, 1)), np.ones(4), 0, 1)]
    >>> [m.shape for m in feature_hierarchy(x, layers)]
    [(1, 1, 5, 6), (1, 2, 2, 2), (1, 4, 2, 2)]
    """
    raise NotImplementedError("feature_hierarchy is yours to write")


# %% [markdown]
# ## Receptive field: how far one number sees
#
# Follow one number of a deep map back to the image. It was made from a window of the map below, each number of that from a
# window below it, and so on: at the bottom is a square of pixels. Nothing outside this square can change the number. The
# square is called the *receptive field*.
#
# Two quantities grow on the way up. `sees` is the side of that square, `step` the distance in the image between two
# neighbours of the map. For the image both are 1.
#
# - Any window of side s covers s numbers, and from the first to the last of them there are s - 1 steps: `sees` grows by
#   (s - 1)·`step`. This holds for the kernel and for the pooling window.
# - Pooling by p keeps every p-th place: *after* it, `step` is p times as large. The convolution has stride 1 and leaves
#   `step` alone.
#
# LeNet-5 (1998), with its three convolutions 5x5 and pooling 2x2 after the first two:
#
# | after | sees | step |
# |---|---|---|
# | image | 1 | 1 |
# | conv 5x5 | 1 + 4·1 = 5 | 1 |
# | pool 2x2 | 5 + 1·1 = 6 | 2 |
# | conv 5x5 | 6 + 4·2 = 14 | 2 |
# | pool 2x2 | 14 + 1·2 = 16 | 4 |
# | conv 5x5 | 16 + 4·4 = 32 | 4 |
#
# ![What one number of each block sees of a photograph](data/pictures/receptive_field_on_a_photograph.png)
#
# The last row sees 32x32 pixels, which is LeNet's whole image. And here is the second reason for the pooling in between:
# three convolutions 5x5 without it see 13 pixels only. After each pooling 2x2 the field grows twice as fast, so a few
# layers are enough where dozens would be needed. Padding changes where the square is, not its size.
#
# **Predict.** How many layers of 3x3 does it take until one number sees 32 pixels or more? How many if each is followed by
# pooling 2x2?
#
# <details>
# <summary>Answer</summary>
#
# Without pooling each layer adds 2 pixels: 16 layers see **33**. With it, the first block sees 3 and after its pooling
# **4**, the second **10**, the third **22** and the fourth **46**. So four are enough.
#
# ```python
# >>> receptive_field([(3, 1)] * 16)[-1]
# 33
# >>> receptive_field([(3, 2)] * 4)
# [1, 4, 10, 22, 46]
# ```
#
# </details>

# %%
def receptive_field(layers):
    """Return how many pixels of the image, along one side, a number of each block sees.

    Start with sees = 1 and step = 1. Each block has a convolution with a kernel x kernel window and stride 1, then pooling with
    pool x pool windows and stride pool:

        sees += (kernel - 1) * step
        sees += (pool - 1) * step
        step *= pool

    layers: a list of tuples (kernel, pool) of ints; pool 1 means no pooling
    returns a list of len(layers) + 1 ints: 1 for the image itself, then `sees` after each block (after its pooling)
    ValueError if a kernel or a pool is less than 1

    >>> receptive_field([(3, 1), (3, 1)])
    [1, 3, 5]
    >>> receptive_field([(5, 2), (5, 2), (5, 1)])    # LeNet-5
    [1, 6, 16, 32]
    """
    raise NotImplementedError("receptive_field is yours to write")


# %% [markdown]
# ## A ladder that you can see through
#
# Below is a network that finds squares of 8x8 bright pixels on a dark background. Three layers of 3x3 filters with
# padding 1, pooling 2x2 after the first two. No number in it was learned; each has its reason:
#
# **Layer 1, four edges.** A pixel minus its left neighbour is 1 where a bright area begins and -1 where one ends; ReLU
# keeps the first only, and the filter with opposite signs finds the second. The same goes for rows. Four maps: `left`,
# `right`, `top`, `bottom`.
#
# **Layer 2, four corners.** A top left corner is a place with a top edge to its right *and* a left edge below it. Weight 1
# for each, bias -1, and ReLU makes the AND. The other three corners likewise. Four maps again.
#
# **Layer 3, the square.** Four corners in the right places: weight 1 each, bias -3. One map.
#
#      left         right        top          bottom          a dot is a 0
#      .  .  .      .  .  .      . -1  .      .  1  .
#     -1  1  .      1 -1  .      .  1  .      . -1  .
#      .  .  .      .  .  .      .  .  .      .  .  .
#
#     top left corner  =  on top  . . .   +  on left  . . .   -  1
#                                 . . 1               . . .
#                                 . . .               . 1 .
#
#     square  =   1 . .    +    . . 1    +    . . .     +    . . .     -  3
#                 . . .         . . .         . . .          . . .
#                 . . .         . . .         1 . .          . . 1
#             on top left     top right    bottom left    bottom right
#
# The sizes fit: the edges of the square are 8 pixels apart, which is 4 places after the first pooling and 2 after the
# second. So its corners are at the corners of a 3x3 window, wherever the square is in the grid of pooling windows.
#
# Wherever the square is (with a dark pixel around it), exactly one number of the last map is 1 and all others are 0.
# Move the square by 4 pixels, the `step` of that map, and the 1 moves by one.

# %%
def hand_wired():
    """Return the three layers (w, b, padding, pool) of a network that finds 8x8 squares."""
    edges = np.zeros((4, 1, 3, 3))  # left, right, top, bottom
    edges[0, 0, 1] = [-1, 1, 0]
    edges[1, 0, 1] = [1, -1, 0]
    edges[2, 0, :, 1] = [-1, 1, 0]
    edges[3, 0, :, 1] = [1, -1, 0]

    left, right, top, bottom = range(4)
    corners = np.zeros((4, 4, 3, 3))  # top left, top right, bottom left, bottom right
    corners[0, top, 1, 2] = corners[0, left, 2, 1] = 1
    corners[1, top, 1, 0] = corners[1, right, 2, 1] = 1
    corners[2, bottom, 1, 2] = corners[2, left, 0, 1] = 1
    corners[3, bottom, 1, 0] = corners[3, right, 0, 1] = 1

    square = np.zeros((1, 4, 3, 3))
    square[0, 0, 0, 0] = square[0, 1, 0, 2] = square[0, 2, 2, 0] = square[0, 3, 2, 2] = 1

    return [(edges, np.zeros(4), 1, 2), (corners, np.full(4, -1.0), 1, 2), (square, np.array([-3.0]), 1, 1)]


def rectangle(top, left, height=8, width=8, size=24):
    """Return one dark image (1, 1, size, size) with a bright rectangle in it."""
    image = np.zeros((1, 1, size, size))
    image[0, 0, top : top + height, left : left + width] = 1
    return image


def show(*maps):
    """Print maps (H, W) of equal size side by side: a dot for 0, a hash for the largest number."""
    largest = max(max(m.max() for m in maps), 1e-9)
    for row in zip(*maps, strict=True):
        print("    ".join(" ".join(".:+*#"[int(np.ceil(4 * max(v, 0) / largest))] for v in line) for line in row))
    print()


# %% [markdown]
# ### Try it
#
# Run this once your functions work. Then change it: where may the square be? Does a 6x8 rectangle light up the last map, a
# 7x7 square, a dimmer one (`0.8 * rectangle(...)`)? What must change in the wiring to find squares of 16x16?

# %% tags=["playground"]
try:
    image, edge_maps, corner_maps, square_map = feature_hierarchy(rectangle(5, 9), hand_wired())
    print("the image")
    show(image[0, 0])
    print("left, right, top, bottom edges")
    show(*edge_maps[0])
    print("the four corners")
    show(*corner_maps[0])
    print("the square")
    show(square_map[0, 0])
    print("receptive fields:", receptive_field([(3, 2), (3, 2), (3, 1)]))
except NotImplementedError as unfinished:
    print("Not yet:", unfinished)

# %% tags=["playground"]
try:
    for top, left in [(1, 1), (1, 5), (5, 5), (14, 10)]:
        square_map = feature_hierarchy(rectangle(top, left), hand_wired())[-1]
        print(f"the square at row {top}, column {left}")
        show(square_map[0, 0])
    print("a rectangle of 8x12")
    show(feature_hierarchy(rectangle(5, 5, 8, 12), hand_wired())[-1][0, 0])
except NotImplementedError as unfinished:
    print("Not yet:", unfinished)

# %% [markdown]
# ## Where this is used
#
# VGG-16 (2014) is this unit with larger numbers: 13 convolutions of 3x3 in five blocks, each of which ends with a pooling.
# Because the first blocks find edges and textures, which all pictures are made of, they can be used again. Somebody with a few
# hundred X-rays takes a network that was trained on a million photographs, keeps its lower blocks and trains the upper ones
# only: *transfer learning*, the usual way to begin. Networks that find things of all sizes read the maps of several blocks, the
# early ones for what is small and far away and the late ones for what is large.

# %% [markdown] tags=["prose"]
# ## In your own words
#
# Take both poolings out of the hand-wired network (`pool` 1 everywhere, same filters). Work out its receptive fields by
# hand. Can such a network still find squares of 8x8 pixels, with these or with any other 3x3 filters in its three layers?
# Say why in three or four sentences, and name one way other than pooling to make it possible.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
