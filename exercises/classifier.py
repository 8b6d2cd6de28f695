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
# # Classifier: from a raw image to a name
#
# You have all the parts: filters that find patterns wherever they are, ReLU that keeps what was found, pooling that gives up a
# little of the where. What is missing is the last step, from *maps* to a *name*. This unit puts the whole pipeline together,
# and it reads real handwriting.
#
#       8x8 pixels      32x32        6 maps       6 maps     16 maps    16 maps
#       0 .. 16         0 .. 1       28x28        14x14      10x10      5x5
#
#       +----+  scale  +------+ conv +-----+ pool +---+ conv +---+ pool +--+
#       | 3  | ------> |  3   | ---> |     | ---> |   | ---> |   | ---> |  | --.
#       +----+ enlarge +------+ relu +-----+      +---+ relu +---+      +--+   |
#                                                                              |
#         .--------------------------------------------------------------------'
#         |
#         |  flat         fc, relu         fc, relu        fc              argmax
#         '------->  400  ------->  120  ------->  84  ------->  10 logits  --->  "3"
#
# This is LeNet-5, which Yann LeCun, Léon Bottou, Yoshua Bengio and Patrick Haffner published in 1998. Networks of its kind
# read the amounts on about ten per cent of all cheques in the United States around the year 2000. (Theirs had tanh instead of
# ReLU and means instead of maxima; hardly anybody has built them like that since AlexNet won ImageNet in 2012 with ReLU and
# max pooling.)
#
# The weights were learned before, on 1,437 digits; they are in `data/lenet.npz`. Another 360 digits were held back, and the
# network has never seen them. It names 355 of those correctly (98.6 %) and misreads 5. Yours must give the same names.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore classifier`, or open
# `classifier.explore.html` in a browser. Draw a digit, and watch every map of the network on the way to its ten answers.

# %%
import numpy as np

# %% [markdown]
# ## What you already have
#
# Convolution, pooling, ReLU and enlarging are given in plain NumPy. A mistake in an earlier unit costs you nothing here.

# %%
def conv2d(x, w, b):
    """Slide every filter over every image: x (N, C, H, W), w (K, C, kh, kw), b (K,) -> (N, K, H - kh + 1, W - kw + 1)."""
    if x.ndim != 4 or x.shape[1] != w.shape[1] or x.shape[2] < w.shape[2] or x.shape[3] < w.shape[3]:
        raise ValueError(f"filters of shape {w.shape} do not fit images of shape {x.shape}")
    patches = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.tensordot(patches, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + b[:, None, None]


def relu(x):
    """Set negative numbers to 0."""
    return np.maximum(x, 0)


def maxpool2d(x):
    """Keep the largest number of each 2x2 window; an odd last row or column is dropped."""
    x = x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
    return np.maximum(np.maximum(x[:, :, ::2, ::2], x[:, :, 1::2, ::2]), np.maximum(x[:, :, ::2, 1::2], x[:, :, 1::2, 1::2]))


def enlarge(images):
    """Make 4x4 pixels of each pixel and add the axis of channels: (N, H, W) -> (N, 1, 4*H, 4*W)."""
    return np.repeat(np.repeat(images, 4, axis=1), 4, axis=2)[:, None]


# %% [markdown]
# ## The old neuron, at last
#
# The filters end in 16 maps of 5x5 numbers: "a stroke like this, up here". Places can no longer share their weights: which
# strokes in which places make a 3 has to be learned place by place. So the maps are flattened into one row of 400 numbers,
# and what follows is the layer that you have long known: every number connected to every neuron.
#
#       out[n, m] = b[m] + sum over d of  x[n, d] * w[m, d]
#
# As in torch, each row of `w` holds the weights of one unit. Count them for LeNet:
#
# | layer | weights and biases | | looks at |
# |---|---|---:|---|
# | conv1, 6 of 5x5 | 6 * (1*25 + 1) | 156 | a patch |
# | conv2, 16 of 5x5 | 16 * (6*25 + 1) | 2,416 | a patch |
# | fc1, 400 to 120 | 120 * 401 | 48,120 | everything |
# | fc2, 120 to 84 | 84 * 121 | 10,164 | everything |
# | fc3, 84 to 10 | 10 * 85 | 850 | everything |
#
# The two layers that do nearly all of the seeing have 4 % of the weights. A single dense layer from the 32x32 image to the
# 4,704 numbers that conv1 makes would have 4.8 million.
#
# **Predict.** Three images, as rows of 400 numbers, meet a layer of 10 units. Which shapes do `w`, `b` and the answer have?
# What does the layer answer to a row of zeros?
#
# <details>
# <summary>Answer</summary>
#
# One row of weights for each unit, (10, 400); one bias for each, (10,); one row of answers for each image, **(3, 10)**. A
# row of zeros leaves nothing but the biases.
#
# ```python
# >>> w, b = np.ones((10, 400)), np.arange(10)
# >>> linear(np.zeros((3, 400)), w, b).shape
# (3, 10)
# >>> linear(np.zeros((3, 400)), w, b)[0]
# array([0., 1., 2., 3., 4., 5., 6., 7., 8., 9.])
# ```
#
# </details>

# %%
def linear(x, w, b):
    """Return one dot product for each image and unit, plus the unit's bias.

        out[n, m] = b[m] + sum over d of  x[n, d] * w[m, d]

    x: (N, D)   w: (M, D)   b: (M,), numbers of any kind, and none is changed. Products of bytes must not wrap around at 256.
    returns (N, M): float32 if all are float32 (float64 is also accepted), else float64, for whole numbers too; NaN in an image
    makes its row NaN
    raises ValueError if the sizes differ

    >>> linear(np.array([[1.0, 2.0]]), np.array([[10.0, 1.0], [0.0, -1.0], [1.0, 1.0]]), np.array([0.0, 0.0, 5.0]))
    array([[12., -2.,  8.]])
    """
    raise NotImplementedError("linear is yours to write")


# %% [markdown]
# ## From numbers to probabilities
#
# Ten logits come out, and the largest one names the digit. How sure is the network? Softmax turns logits into probabilities:
# all positive, summing to 1, and twice as probable for every 0.69 that a logit is larger.
#
#       softmax(x)[i] = exp(x[i]) / sum over j of exp(x[j])
#
# Written down like that it fails: `exp(1000)` is infinite, and infinity divided by infinity is not a number. But adding the
# same number to all logits changes nothing, since it cancels in the quotient. So subtract the largest one first: then the
# largest exponential is exp(0) = 1, and what is lost at the other end is too small to matter.
#
# | logits | softmax |
# |---|---|
# | 1, 1, 1 | 1/3, 1/3, 1/3 |
# | 2, 1, 0 | 0.665, 0.245, 0.090 |
# | 1002, 1001, 1000 | 0.665, 0.245, 0.090 |
# | 20, 1, 0 | 1.000, 0.000, 0.000 |
#
# **Predict.** Two logits are 0 and 1.0986, the logarithm of 3. What are the probabilities? What are they if you add 5 to
# both logits? If you double both?
#
# <details>
# <summary>Answer</summary>
#
# The exponentials are 1 and 3, so **0.25** and **0.75**. Adding 5 multiplies both by the same number and changes nothing.
# Doubled, they are 1 and 9: **0.1** and **0.9**. Larger logits make a network surer, although their order is the same.
#
# ```python
# >>> logits = np.array([0.0, np.log(3)])
# >>> softmax(np.array([logits, logits + 5, 2 * logits])).round(3)
# array([[0.25, 0.75],
#        [0.25, 0.75],
#        [0.1 , 0.9 ]])
# ```
#
# </details>

# %%
def softmax(x, axis=-1):
    """Turn numbers into probabilities along one axis.

        out = exp(x) / sum of exp(x) along the axis

    x: an array of any shape, floats or whole numbers of any size (1000 and -1000 included); not changed
    returns an array of x's shape: float32 if x is float32 (float64 is also accepted), else float64; NaN in a row makes it NaN

    >>> softmax(np.array([[2.0, 1.0, 0.0], [1000.0, 1000.0, 0.0]])).round(3)
    array([[0.665, 0.245, 0.09 ],
           [0.5  , 0.5  , 0.   ]])
    >>> softmax(np.zeros((2, 3)), axis=0)[:, 0]
    array([0.5, 0.5])
    """
    raise NotImplementedError("softmax is yours to write")


# %% [markdown]
# ## LeNet, layer by layer
#
# | step | what | LeNet-5 on (N, 1, 32, 32) |
# |---|---|---|
# | 1 | convolution with conv1, ReLU, pooling by 2 | (N, 6, 14, 14) |
# | 2 | convolution with conv2, ReLU, pooling by 2 | (N, 16, 5, 5) |
# | 3 | flatten: channel by channel, row by row | (N, 400) |
# | 4 | linear fc1, ReLU | (N, 120) |
# | 5 | linear fc2, ReLU | (N, 84) |
# | 6 | linear fc3, **no** ReLU | (N, 10) |
#
# Why none after the last? A logit may be negative: "certainly not a 7" is something worth saying, and of ten negative logits
# the largest one wins. The order in which maps are flattened is a convention, but it must be the one that the weights were
# learned with. The batch is not flattened: each image keeps its row.
#
# **Predict.** Suppose that all biases are 0. What happens to the ten logits when the image becomes twice as bright? What
# happens to the name that the network gives?
#
# <details>
# <summary>Answer</summary>
#
# All logits become **2** times as large: a convolution and a dense layer without bias pass a factor on, and so do ReLU and
# the maximum if the factor is positive. The largest one stays the largest, so the name is the same, and softmax is surer of
# it. (With biases, this is only roughly so.)
#
# ```python
# >>> rng = np.random.default_rng(0)
# >>> sizes = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (120, 400)}
# >>> sizes |= {"fc2": (84, 120), "fc3": (10, 84)}
# >>> params = {f"{name}_w": rng.normal(size=s) for name, s in sizes.items()}
# >>> params |= {f"{name}_b": np.zeros(s[0]) for name, s in sizes.items()}
# >>> image = rng.uniform(size=(1, 1, 32, 32))
# >>> (lenet(2 * image, params) / lenet(image, params)).round(6)
# array([[2., 2., 2., 2., 2., 2., 2., 2., 2., 2.]])
# ```
#
# </details>

# %%
def lenet(images, params):
    """Send images through the layers and return the logits.

        conv1 -> relu -> maxpool 2 -> conv2 -> relu -> maxpool 2 -> flatten -> fc1 -> relu -> fc2 -> relu -> fc3

    images: (N, C, H, W), for LeNet-5 (N, 1, 32, 32), numbers of any kind (bytes and whole numbers too)
    params: a dict with the arrays conv1_w, conv1_b, conv2_w, conv2_b, fc1_w, fc1_b, fc2_w, fc2_b, fc3_w, fc3_b; the layers may
        be of any size (the tests use small ones)
    returns (N, M), M logits per image; flattened in the order channels, rows, columns; nothing is changed
    raises ValueError where a layer does not fit its input

    >>> rng = np.random.default_rng(0)
    >>> sizes = {"conv1": (2, 1, 3, 3), "conv2": (3, 2, 2, 2), "fc1": (5, 12), "fc2": (4, 5), "fc3": (2, 4)}
    >>> params = {f"{layer}_w": rng.normal(size=size) for layer, size in sizes.items()}
    >>> params |= {f"{layer}_b": np.zeros(size[0]) for layer, size in sizes.items()}
    >>> lenet(np.ones((7, 1, 12, 12)), params).shape
    (7, 2)
    """
    raise NotImplementedError("lenet is yours to write")


# %% [markdown]
# ## From a raw image to a name
#
# The digits come from their file as they were scanned and reduced: 8x8 whole numbers, each of which counts the pixels with ink
# in a square of 4x4, from 0 for paper to 16 for ink. The network learned with numbers from 0 to 1 on 32x32 pixels. So a
# pipeline begins *before* the first layer, and the network does not know what it was not trained on: without the scaling it
# sees ink blacker than any digit ever had.
#
#       raw (N, 8, 8)  ->  / 16  ->  enlarge  ->  lenet  ->  argmax
#
# ![The five digits of 360 that the network misreads](data/pictures/classify_the_digits_misread.png)
#
# The probabilities are not needed for the name: softmax does not change the order.
#
# **Predict.** You hand the pipeline an empty sheet: 8x8 zeros. What does it answer: nothing, an error, or a digit? And what
# does it make of real digits if somebody divides by 16 twice?
#
# <details>
# <summary>Answer</summary>
#
# A digit: it has ten answers and no eleventh for "nothing". The biases alone decide which one; here it is **1**. Divided twice,
# every digit is nearly an empty sheet, and all **360** are read as 1. (Ink that is 16 times too *black* changes only **4** of
# the 360 names. You know why from the last prediction.)
#
# ```python
# >>> with np.load("data/lenet.npz") as file:
# ...     params = {name: file[name].astype(float) for name in file.files}
# >>> with np.load("data/digits.npz") as file:
# ...     digits = file["images"][params.pop("held_back").astype(int)]
# >>> classify(np.zeros((1, 8, 8)), params).item()
# 1
# >>> int((classify(digits / 16, params) == 1).sum())
# 360
# >>> int((classify(digits * 16.0, params) != classify(digits, params)).sum())
# 4
# ```
#
# </details>

# %%
def classify(images, params):
    """Name the digits on raw images.

    images: (N, 8, 8), whole numbers from 0 (paper) to 16 (ink), as the file holds them, or the same as floats; not changed
    params: what `lenet` takes
    returns (N,), a whole number for each image: the index of its largest logit

    >>> with_three_in_front = {"conv1_w": np.zeros((1, 1, 5, 5)), "conv1_b": np.ones(1), "conv2_w": np.ones((1, 1, 5, 5))}
    >>> with_three_in_front |= {"conv2_b": np.zeros(1), "fc1_w": np.ones((2, 25)), "fc1_b": np.zeros(2)}
    >>> with_three_in_front |= {"fc2_w": np.eye(2), "fc2_b": np.zeros(2), "fc3_w": np.ones((5, 2)), "fc3_b": np.eye(5)[3]}
    >>> classify(np.zeros((2, 8, 8), np.uint8), with_three_in_front)
    array([3, 3])
    """
    raise NotImplementedError("classify is yours to write")


# %% [markdown]
# ### Try it
#
# Your pipeline and real weights, on digits that it has never seen. Which ones does it misread, and could you have read them?
# How sure was it? Move the digits by one pixel of theirs, which is four of the network's (`np.roll(digits, 1, axis=2)`), turn
# them upside down, write one of your own.

# %% tags=["playground"]
try:
    with np.load("data/lenet.npz") as file:
        held_back = file["held_back"]
        params = {name: file[name].astype(float) for name in file.files if name != "held_back"}
    with np.load("data/digits.npz") as file:
        digits, labels = file["images"][held_back], file["labels"][held_back]
    names = classify(digits, params)
    print(f"{(names == labels).mean():.1%} of {len(labels)} named correctly")
    for digit, name, label in zip(digits, names, labels, strict=True):
        if name != label:
            print(f"\na {label}, read as {name}:")
            for row in digit:
                print("  " + " ".join(".:-=+*#%@"[number // 2] for number in row))
except (NotImplementedError, FileNotFoundError) as unfinished:
    print(unfinished)

# %% [markdown]
# ## Where this is used
#
# Post offices sort letters by what such a network reads, banks read cheques, car parks read number plates. None of them trusts
# it blindly: the probabilities say how sure it is, and what it is not sure of goes to a person. Banks wanted the first cheque
# readers to read at least half of all cheques, and to get no more than one in a hundred wrong. The pipeline is the same for
# anything else that needs one name: a thousand kinds of things instead of ten digits, marks on skin, bird songs drawn as
# pictures. Only the sizes and the list of names change. But a picture of something that is not on the list gets one of the
# names all the same.

# %% [markdown] tags=["prose"]
# ## A question
#
# Take a digit as the network sees it, on 32x32 pixels, move it by two pixels to the right, and classify it again. Which layers
# of LeNet give the same answer as before, only moved; which ones give a different answer; and why does the network still name
# most moved digits correctly? What would happen if it were moved by twelve pixels? Four or five sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
