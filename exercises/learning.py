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
# # Learning: where the filters come from
#
# The filters of the last units were set by hand: edges, corners, squares. LeNet's were not, and AlexNet's 60 million numbers
# could not have been. They were *learned*: begin with random numbers, look at an image, see how wrong the answer is, change
# every number a little in the direction that makes it less wrong, and go on to the next image.
#
# "A little in the direction" is the gradient, and this unit computes it, layer by layer, from the loss back to the filters:
#
#       image -> conv2d -> relu -> maxpool2d -> linear -> logits -> loss
#                  |         |         |           |         |        |
#       filters <- dw <--- 0 or 1 <- winner <---- w^T <--- dlogits <- 1
#
# Each step is asked the same question: *if the loss changes by this much for each number that you put out, by how much does
# it change for each number that you took in?* The idea is the chain rule of Leibniz; Rumelhart, Hinton and Williams made it
# the way to train networks in 1986, and LeCun's group used it to train convolutional networks from 1989 on.
#
# ![Filters before and after learning](data/pictures/train_the_filters.png)
#
# At the end eight random filters learn to read handwritten digits, in less than a second.

# %% [markdown] tags=["explore"]
# **Move it yourself.** In the notebook, run the cell below; or type `cnngrade explore learning`, or open
# `learning.explore.html` in a browser. Go through a training step by step, and see noise turn into filters.

# %%
import numpy as np

# %% [markdown]
# ## What you already have
#
# The forward pass is given here in plain NumPy, so that a mistake in an earlier unit costs you nothing in this one.

# %%
def windows(x, kh, kw, stride):
    """Return every window of the images, (N, C, Ho, Wo, kh, kw), without copying them."""
    return np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]


def conv2d(x, w, b=None, stride=1, padding=0):
    """Slide every filter over every image: x (N, C, H, W), w (K, C, kh, kw), b (K,) or None -> (N, K, Ho, Wo)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.tensordot(windows(padded, *w.shape[2:], stride), w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    return out if b is None else out + b[:, None, None]


def relu(x):
    """Set negative numbers to 0."""
    return np.maximum(x, 0)


def maxpool2d(x, kernel_size, stride, padding=0):
    """Keep the largest number of each window; a frame of minus infinity never wins."""
    border = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return windows(np.pad(x.astype(float), border, constant_values=-np.inf), kernel_size, kernel_size, stride).max(axis=(4, 5))


# %% [markdown]
# ## The loss: how surprised the network is
#
# The last layer gives ten numbers per image, the *logits*. Softmax turns them into probabilities,
# `p = exp(z) / sum(exp(z))`, and the *cross-entropy* is minus the logarithm of the right label's probability:
#
# | probability of the right label | loss |
# |---|---|
# | 1 | 0 |
# | 0.5 | 0.69 |
# | 0.1 (pure guessing among ten) | 2.30 |
# | 0.01 | 4.61 |
#
# Everybody uses it because of its gradient. Of all the exponentials and logarithms, this is what remains:
#
#       dlogits = p - 1 at the right label,  p everywhere else       all divided by N
#
# The division is there because the loss is a mean over N images. For one image with the logits 0, 0, 0 and the label 2, p is
# 1/3 for each and the gradient 1/3, 1/3, -2/3. It asks for less of what is wrong and more of what is right, and sums to 0.
#
# Two things to watch. `exp(1000)` is infinite: subtract the largest logit of each row first, which changes no probability.
# And the logarithm of a probability that has been rounded to 0 is minus infinity: take the logarithm of the *sum* instead,
# `-log p = log(sum(exp(z))) - z[label]`.
#
# **Predict.** What is the loss of ten equal logits? Now take two images of two classes. The network gives both the logits
# 100 and 0; the first image is of class 0, the second of class 1. What is the loss?
#
# <details>
# <summary>Answer</summary>
#
# Ten equal logits mean a probability of 1/10, and -log(1/10) = **2.30**. Of the two images, the first is named correctly, and
# the network is sure of it: 0. The second is named wrongly, and the network is just as sure: its label has the probability
# exp(-100), which makes 100. The mean is **50**. To be sure and wrong is expensive.
#
# ```python
# >>> round(cross_entropy(np.zeros((1, 10)), np.array([3]))[0], 2)
# 2.3
# >>> logits, labels = np.array([[100, 0], [100, 0]]), np.array([0, 1])
# >>> round(cross_entropy(logits, labels)[0], 2)
# 50.0
# ```
#
# </details>

# %%
def cross_entropy(logits, labels):
    """Return how wrong the logits are, and the gradient of that.

        loss = mean over n of  -log softmax(logits[n])[labels[n]]
        dlogits = (softmax(logits) - onehot(labels)) / N

    logits: (N, M), fractions or whole numbers   labels: (N,), whole numbers from 0 to M - 1; neither is changed
    returns (loss, dlogits): a float, and (N, M) float32 if the logits are float32 (float64 is also accepted), else float64.
    Logits near 1000 and -1000 give finite answers.
    raises ValueError if there is not one label for each row, or a label is negative or above M - 1

    >>> loss, dlogits = cross_entropy(np.zeros((1, 3)), np.array([2]))
    >>> round(loss, 4)
    1.0986
    >>> dlogits.round(4)
    array([[ 0.3333,  0.3333, -0.6667]])
    """
    raise NotImplementedError("cross_entropy is yours to write")


# %% [markdown]
# ## Back through a convolution: every product, once more
#
# Take a single row, a kernel of two numbers, stride 1:
#
#       x  =  x0 x1 x2 x3        out0 = x0*a + x1*b
#       w  =  a  b               out1 = x1*a + x2*b
#                                out2 = x2*a + x3*b
#
# Which outputs used `a`? All of them: out0 multiplied it by x0, out1 by x1, out2 by x2. So
#
#       da = d0*x0 + d1*x1 + d2*x2           db = d0*x1 + d1*x2 + d2*x3
#
# with `d` short for `dout`. The gradient of the kernel is a sliding product again: `dout` slides over the *image*. And which
# outputs used x1? out0 with the weight b, out1 with the weight a:
#
#       dx1 = d0*b + d1*a
#
# which is the kernel flipped, sliding over `dout`. You need not flip anything, though. Go through the same loop as in the
# forward pass, and where it *read* `x[...] * w[...]` into `out[...]`, now send `dout[...]` back to both:
#
#       for every place of the kernel (u, v):
#           rows, columns  =  u : u + stride*Ho : stride,  v : v + stride*Wo : stride
#           passed over    =  padded[:, :, rows, columns]
#           dw[:, :, u, v] =  sum of dout * passed over,   over images and places
#           dpadded[:, :, rows, columns]  +=  dout * w[:, :, u, v],  over filters
#
# | gradient | has the shape of | sums over |
# |---|---|---|
# | dx | x | filters and the places of the kernel; windows overlap, so it *adds up* |
# | dw | w | images and output places |
# | db | b | images and output places, of dout itself |
#
# The padding is cut off at the end: nobody needs the frame's gradient. With a stride that does not divide evenly, the last
# pixels were under no window, and their gradient is 0.
#
# **Predict.** The row 1 2 3 4 5 meets the kernel 10 1 with stride 2, which gives two outputs. `dout` is 1 for both. What
# are dx, dw and db?
#
# <details>
# <summary>Answer</summary>
#
# The first output used 1 and 2, the second 3 and 4. The weight 10 met the pixels 1 and 3, so its gradient is 1 + 3 = **4**;
# the weight 1 met 2 and 4: **6**. Each pixel gets the weight that it met, so dx is **10 1 10 1** and then **0**, since no
# window reached the last one. The bias was in both outputs: **2**.
#
# ```python
# >>> x, w = np.array([[[[1, 2, 3, 4, 5]]]]), np.array([[[[10, 1]]]])
# >>> conv2d_backward(np.ones((1, 1, 1, 2)), x, w, np.zeros(1), 2, 0)
# (array([[[[10.,  1., 10.,  1.,  0.]]]]), array([[[[4., 6.]]]]), array([2.]))
# ```
#
# </details>

# %%
def conv2d_backward(dout, x, w, b, stride, padding):
    """Return the gradients of the loss with respect to x, w and b, given the one with respect to conv2d's output.

        dw[k, c, u, v] = sum over n, i, j of  dout[n, k, i, j] * xp[n, c, i*stride + u, j*stride + v]
        db[k] = sum over n, i, j of  dout[n, k, i, j]
        dxp[n, c, i*stride + u, j*stride + v] += dout[n, k, i, j] * w[k, c, u, v]    for all k, i, j, u, v

    where xp is x with its frame of zeros, and dx is dxp without that frame.

    dout: (N, K, Ho, Wo)   x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None, then db is None   stride, padding: ints
    Each array may hold whole numbers: an image may be bytes (uint8). No argument is changed.
    returns (dx, dw, db) with the shapes of x, w and b: float32 if all arrays are float32 (float64 is also accepted), else
    float64
    raises ValueError if dout does not have the shape of conv2d(x, w, b, stride, padding)

    >>> x, w = np.array([[[[1.0, 2.0, 3.0, 4.0]]]]), np.array([[[[10.0, 1.0]]]])
    >>> dx, dw, db = conv2d_backward(np.array([[[[1.0, 0.0, 2.0]]]]), x, w, np.zeros(1), 1, 0)
    >>> dx
    array([[[[10.,  1., 20.,  2.]]]])
    >>> dw, db
    (array([[[[ 7., 10.]]]]), array([3.]))
    """
    raise NotImplementedError("conv2d_backward is yours to write")


# %% [markdown]
# ## Back through max pooling: the winner takes it all
#
# Pooling passes on the largest number of each window, so only that one affects the loss. The window's gradient goes to
# *its* place, and the others get 0:
#
#       x      1  3 | 2  0       dout   5  6        dx     0  5 | 6  0
#              2  0 | 1  1              7  8               0  0 | 0  0
#              -----+-----                                 -----+-----
#              0  0 | 5  6                                 0  0 | 0  0
#              0  9 | 7  8                                 0  7 | 0  8
#
# ![Whose gradient goes where](data/pictures/maxpool2d_backward_of_a_digit.png)
#
# Where windows overlap, one number may win twice; then it gets both gradients, added. Where two numbers of a window are
# equal, the first one in row order gets it, as in torch. (ReLU needs no function of its own: the gradient passes where
# the number was above 0 and stops where it was not.)
#
# **Predict.** A map of 4x4 has a 9 in row 1, column 1, and otherwise zeros. It is pooled in windows of 3x3 with stride 1,
# and `dout` is 1 everywhere. What is dx?
#
# <details>
# <summary>Answer</summary>
#
# There are four windows, and each of them holds row 1, column 1. The 9 wins all four and gets all four gradients: a **4**
# in its place, and zeros everywhere else.
#
# ```python
# >>> x = np.zeros((1, 1, 4, 4))
# >>> x[0, 0, 1, 1] = 9
# >>> maxpool2d_backward(np.ones((1, 1, 2, 2)), x, 3, 1, 0)[0, 0]
# array([[0., 0., 0., 0.],
#        [0., 4., 0., 0.],
#        [0., 0., 0., 0.],
#        [0., 0., 0., 0.]])
# ```
#
# </details>

# %%
def maxpool2d_backward(dout, x, kernel_size, stride, padding):
    """Send each number of dout to the place of its window's largest number.

        dx[n, c, place of the maximum of window (i, j)] += dout[n, c, i, j]

    A tie goes to the first of the window in row order. The frame never wins and has no gradient.

    dout: (N, C, Ho, Wo)   x: (N, C, H, W); each may hold whole numbers   kernel_size, stride, padding: ints
    Nothing is changed.
    returns dx (N, C, H, W): float32 if both arrays are float32 (float64 is also accepted), else float64
    raises ValueError if dout does not have the shape of maxpool2d(x, kernel_size, stride, padding)

    >>> x = np.array([[[[1.0, 3.0, 2.0], [2.0, 0.0, 1.0]]]])
    >>> maxpool2d_backward(np.array([[[[5.0, 6.0]]]]), x, 2, 1, 0)    # the 3 wins both windows
    array([[[[ 0., 11.,  0.],
             [ 0.,  0.,  0.]]]])
    """
    raise NotImplementedError("maxpool2d_backward is yours to write")


# %% [markdown]
# ## Downhill: one step
#
# The gradient points to where the loss grows fastest. Go the other way, by a small fraction of it, the *learning rate*:
#
#       new = old - lr * gradient
#
# If the rate is too small, hardly anything happens; if it is too large, the step leaps over the valley. "Stochastic" means that
# the gradient comes from a few images at a time, a *batch*: a rough direction, and a hundred times cheaper than the exact one.
#
# **Predict.** The loss is w², which is smallest at 0; its gradient is 2w. You stand at w = 1. Where does one step lead with
# the learning rate 0.1? With 0.5, 1 and 1.5?
#
# <details>
# <summary>Answer</summary>
#
# The gradient is 2. The rate 0.1 leads to **0.8**, a little closer, and 0.5 leads straight to **0**. The rate 1 leaps to
# **-1**, on the other side and just as far away, and 1.5 leads to **-2**: the loss has grown from 1 to 4.
#
# ```python
# >>> w, dw = {"w": np.array([1.0])}, {"w": np.array([2.0])}
# >>> [sgd_step(w, dw, lr)["w"].item() for lr in (0.1, 0.5, 1.0, 1.5)]
# [0.8, 0.0, -1.0, -2.0]
# ```
#
# </details>

# %%
def sgd_step(params, grads, lr):
    """Return new parameters, one step of gradient descent away from the old ones.

        new[name] = params[name] - lr * grads[name]

    params, grads: dicts of arrays with the same names and shapes; neither they nor their arrays are changed   lr: a float
    returns a new dict: float32 where both arrays are float32 (float64 is also accepted), else float64
    raises ValueError if the names differ

    >>> sgd_step({"w": np.array([1.0, 2.0])}, {"w": np.array([10.0, -10.0])}, 0.1)
    {'w': array([0., 3.])}
    """
    raise NotImplementedError("sgd_step is yours to write")


# %% [markdown]
# ## All together: learn to read
#
# One small network: eight filters of 3x3 with padding 1, ReLU, pooling by 2, and one linear layer from 8 maps of 4x4 to ten
# logits. It has 80 + 1,290 parameters; LeNet has 62,000, AlexNet 60 million, and the loop around them is the same:
#
#     for each epoch:
#         shuffle the images
#         for each batch:
#             forward, keeping the input of each layer
#             loss and dlogits
#             backward:    dfc_w = dlogits^T flat
#                          dfc_b = dlogits summed over the batch
#                          dflat = dlogits fc_w
#                          back through pooling, ReLU (where its input was
#                          above 0) and the convolution
#             one step
#
# So that your training can be compared number by number, the shuffling is fixed: make `rng = np.random.default_rng(seed)`
# once, and begin each epoch with `order = rng.permutation(N)`. Batches are taken from that order one after the other; the
# last one may be smaller. The loss of an epoch is the mean over its images, each taken *before* the step of its batch.
#
# **Be fast enough.** A step on 16 digits takes a compiled reference about 300 microseconds, and the eight epochs below about
# 0.2 seconds. Python loops over windows or pixels take 20 to 300 times as long. In `conv2d_backward`, loop over the nine
# places of the kernel and give NumPy all images at once. Do the same in pooling: compare what each place of the window holds
# with the maximum, and remember which windows have already found their winner.
#
# | how | times the reference |
# |---|---:|
# | all windows at once in `np.tensordot`, winners by `argmax` | 1.3 |
# | loops over the places of kernel and window, matrix products | 3 |
# | a Python loop over the windows of the pooling, all else in NumPy | 18 |
# | Python loops over all windows, NumPy inside | 26 |
# | seven loops | 300 |
#
# **Predict.** With 100 images and a batch of 16, how many steps are there in an epoch, and how many images are in the last
# batch? The linear layer begins with zeros, there are ten digits, and the learning rate is 0: what are the losses of three
# epochs?
#
# <details>
# <summary>Answer</summary>
#
# Six full batches make 96, and the seventh has 4 images: 7 steps. With the rate 0 no step changes anything, and a linear
# layer of zeros gives ten equal logits for every image: **2.30** in each epoch. A training that does not move away from
# 2.30 has learned nothing.
#
# ```python
# >>> images = np.random.default_rng(0).normal(size=(100, 1, 8, 8))
# >>> start = {"conv_w": np.ones((2, 1, 3, 3)), "conv_b": np.zeros(2)}
# >>> start |= {"fc_w": np.zeros((10, 32)), "fc_b": np.zeros(10)}
# >>> trained, losses = train(images, np.arange(100) % 10, start, 3, 0.0, 16, 0)
# >>> np.round(losses, 2)
# array([2.3, 2.3, 2.3])
# ```
#
# </details>

# %%
def train(images, labels, params, epochs, lr, batch, seed):
    """Train the network  conv2d (3x3, padding 1) -> relu -> maxpool2d (2, stride 2) -> linear  by gradient descent.

    In each epoch: order = rng.permutation(N), with one rng = np.random.default_rng(seed) for all epochs; then for each batch
    order[0:batch], order[batch:2*batch], ... (the last may be smaller): the loss, the gradients, one sgd_step.

    images: (N, 1, H, W), floats; H and W may differ   labels: (N,), ints   epochs, batch, seed: ints   lr: a float
    params: {"conv_w": (K, 1, 3, 3), "conv_b": (K,), "fc_w": (M, K*(H//2)*(W//2)), "fc_b": (M,)}; not changed
    returns (params, losses): the trained parameters, and a list of one float per epoch: the mean of the loss over its images,
    each taken before the step of its batch. The arrays are float32 if images and params are (float64 is also accepted), else
    float64.
    Your time is measured here, on an epoch of 96 digits. No window of the pooling holds a tie in what `train` is tested on.

    >>> images, labels = np.arange(32.0).reshape(2, 1, 4, 4) / 32, np.array([0, 1])
    >>> begin = {"conv_w": np.full((2, 1, 3, 3), -0.1), "conv_b": np.ones(2), "fc_w": np.zeros((3, 8)), "fc_b": np.zeros(3)}
    >>> trained, losses = train(images, labels, begin, 1, 0.5, 1, 7)
    >>> np.round(losses, 4)
    array([2.1291])
    >>> trained["fc_b"].round(4)
    array([-0.1242,  0.3121, -0.1879])
    """
    raise NotImplementedError("train is yours to write")


# %% [markdown]
# ### Try it
#
# Eight random filters learn to read; compare them before and after. They have grown, but you can still recognise where each of
# them began: filters as strong as these are useful from the start, and the linear layer makes the best of them. Put `0.1 *`
# before the random numbers of `conv_w`, and most of them end unlike their beginning. More epochs? Only two filters? A learning
# rate of 5?

# %% tags=["playground"]
def begin(filters, seed):
    """Return random parameters for `filters` filters on images of 8x8."""
    rng = np.random.default_rng(seed)
    return {
        "conv_w": rng.normal(size=(filters, 1, 3, 3)) * np.sqrt(2 / 9), "conv_b": np.zeros(filters),
        "fc_w": rng.normal(size=(10, filters * 16)) / np.sqrt(filters * 16), "fc_b": np.zeros(10),
    }  # fmt: skip


def read(images, params):
    """Return the label of each image."""
    maps = maxpool2d(relu(conv2d(images, params["conv_w"], params["conv_b"], padding=1)), 2, 2)
    return (maps.reshape(len(images), -1) @ params["fc_w"].T + params["fc_b"]).argmax(axis=1)


try:
    with np.load("data/digits.npz") as file:
        images, labels = file["images"][:, None] / 16.0, file["labels"].astype(int)
    order = np.random.default_rng(0).permutation(len(images))
    held_back, shown = order[:360], order[360:]
    trained, losses = train(images[shown], labels[shown], begin(8, 1), 8, 0.3, 16, 3)
    print("loss by epoch:", *(f"{loss:.2f}" for loss in losses))
    print(f"correct, of {len(held_back)} never seen: {(read(images[held_back], trained) == labels[held_back]).mean():.1%}")
    for before, after in zip(begin(8, 1)["conv_w"][:, 0], trained["conv_w"][:, 0], strict=True):
        for row, learned in zip(before, after, strict=True):
            print(" ".join(f"{w:5.1f}" for w in row), "  ->  ", " ".join(f"{w:5.1f}" for w in learned))
        print()
except (NotImplementedError, FileNotFoundError) as unfinished:
    print(unfinished)

# %% [markdown]
# ## What filters become
#
# On photographs this loop gives something remarkable, whatever the random numbers were: the first layer turns into edges in
# all directions and spots of colour. Krizhevsky, Sutskever and Hinton printed the 96 of AlexNet in 2012, and they look much
# like the filters that you made from formulas, and like what Hubel and Wiesel had measured in a cat. Nobody asked for
# edges. They simply help to tell things apart.
#
# In digits of 8x8 pixels a filter of 3x3 has little room to show this. The interactive page has another training:
# digits enlarged to 16x16, filters of 7x7, and a beginning so weak that it leaves no trace. Noise turns into strokes and edges
# there, most of it within the first epoch.

# %% [markdown]
# ## Where this is used
#
# Everything called deep learning is trained by the loop that you have written: ResNet-50 with its 25 million numbers, and
# language models with many billions. Nobody writes the backward pass by hand any more. Libraries note every step of the forward
# pass and send the gradient back through it by themselves, with the rules of this unit for each kind of step. The gradient has
# other uses, too. With respect to the *image* it says which pixels mattered for an answer, and following it uphill makes a
# picture of what a filter would most like to see. And a change that nobody can see, made in its direction, can turn a right
# answer into a wrong one: this is how people find out how easily a network is fooled.

# %% [markdown] tags=["prose"]
# ## A question
#
# Two students train the same network on the same 1,000 digits. One begins with random filters, the other with all filters
# equal to zero (and random numbers in the linear layer). What do the second student's eight filters look like after a
# hundred steps, and why? (Look at what `conv2d_backward` gets, and what ReLU lets through.) What about eight filters that
# are all equal but not zero, with equal numbers for every map in the linear layer? Four or five sentences.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
