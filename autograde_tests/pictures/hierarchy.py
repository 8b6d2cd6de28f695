"""The pictures of the unit `hierarchy`: a photograph block by block, a square found, what a trained network's maps look for."""

import numpy as np

from cnngrade import picture, play


def grey(data, name):
    """Return a grey photograph, (1, 1, H, W), from 0 to 1."""
    with np.load(data / "photographs.npz") as file:
        return file[name].mean(axis=0)[None, None] / 255.0


def ladder():
    """Return hand-wired layers: four edges, then four corners, then the square that they make."""
    edges = np.zeros((4, 1, 3, 3))
    edges[0, 0, 1], edges[1, 0, 1] = [-1, 1, 0], [1, -1, 0]
    edges[2, 0, :, 1], edges[3, 0, :, 1] = [-1, 1, 0], [1, -1, 0]
    left, right, top, bottom = range(4)
    corners = np.zeros((4, 4, 3, 3))
    corners[0, top, 1, 2] = corners[0, left, 2, 1] = 1
    corners[1, top, 1, 0] = corners[1, right, 2, 1] = 1
    corners[2, bottom, 1, 2] = corners[2, left, 0, 1] = 1
    corners[3, bottom, 1, 0] = corners[3, right, 0, 1] = 1
    square = np.zeros((1, 4, 3, 3))
    square[0, 0, 0, 0] = square[0, 1, 0, 2] = square[0, 2, 2, 0] = square[0, 3, 2, 2] = 1
    return [(edges, np.zeros(4), 1, 2), (corners, np.full(4, -1.0), 1, 2), (square, np.array([-3.0]), 1, 1)]


def enlarged(data, chosen):
    """Return digits as LeNet sees them, (N, 1, 32, 32) from 0 to 1."""
    with np.load(data / "digits.npz") as file:
        return np.kron(file["images"][chosen] / 16.0, np.ones((4, 4)))[:, None]


def lenet(data):
    """Return the blocks of a LeNet that has learned to read, and the function that its dense layers are."""
    with np.load(data / "lenet.npz") as file:
        p = {name: file[name].astype(np.float64) for name in file.files if name != "held_back"}

    def dense(maps):
        x = maps.reshape(len(maps), -1)
        for layer in ("fc1", "fc2"):
            x = np.maximum(x @ p[f"{layer}_w"].T + p[f"{layer}_b"], 0)
        return x @ p["fc3_w"].T + p["fc3_b"]

    return [(p["conv1_w"], p["conv1_b"], 0, 2), (p["conv2_w"], p["conv2_b"], 0, 2)], dense


def stretched(image):
    """Return an image from 0 to 1 that is as bright as can be."""
    return image / max(image.max(), 1e-9)


def tiled(images, across):
    """Return images of one size as one, with grey lines between them."""
    framed = [np.pad(image, ((0, 1), (0, 1)), constant_values=0.4) for image in images]
    return np.vstack([np.hstack(framed[start : start + across]) for start in range(0, len(framed), across)])


def strongest(maps, images, size, step):
    """Return the six patches that excite a map most, from six images: one number sees `size` pixels, the next is `step` on."""
    # Rounded, so that equal patches stay equal, however their sums were added up.
    answers = np.round(maps.reshape(len(maps), -1), 9)
    patches = []
    for number in np.argsort(-answers.max(axis=1), kind="stable")[:6]:
        top, left = (step * place for place in divmod(int(answers[number].argmax()), maps.shape[2]))
        patches.append(images[number, top : top + size, left : left + size])
    return patches


@picture
def relu_of_an_edge_map(functions, data):
    """Where the cat gets brighter to the right, before and after ReLU: 'not here' is forgotten."""
    cat = grey(data, "cat")[0, 0]
    rises = np.diff(cat, axis=1)
    return {"the photograph": cat, "rises and falls": rises, "after ReLU": functions.relu(rises)}


@picture
def conv_block_on_a_photograph(functions, data):
    """The rocket through one block of four filters: its left, right, upper and lower edges, pooled by 2."""
    rocket = grey(data, "rocket")
    w, b, padding, _ = ladder()[0]
    maps = functions.conv_block(rocket, w, b, padding, 2)[0]
    names = ("left edges", "right edges", "upper edges", "lower edges")
    return {"the photograph": rocket[0, 0]} | dict(zip(names, maps, strict=True))


@picture
def feature_hierarchy_block_by_block(functions, data):
    """The coffee through three blocks: edges, then edges that meet, then places with many of them. Each map is smaller and
    stranger.
    """
    coffee = grey(data, "coffee")
    edges, corners, _ = ladder()
    meeting = (corners[0], np.zeros(4), 1, 2)
    busy = (np.full((1, 4, 3, 3), 1 / 36), None, 1, 2)
    maps = functions.feature_hierarchy(coffee, [edges, meeting, busy])
    panels = {"the photograph": maps[0][0, 0]}
    for number, name in ((0, "left edges"), (2, "upper edges")):
        panels[f"block 1, {name}"] = maps[1][0, number]
    for number, name in ((0, "upper left"), (3, "lower right")):
        panels[f"block 2, {name}"] = maps[2][0, number]
    panels["block 3, much going on"] = maps[3][0, 0]
    return panels


@picture
def feature_hierarchy_finds_a_square(functions, data):
    """Two squares of 8x8 and a larger one: the last map lights up for the two, and not for the third."""
    image = np.zeros((1, 1, 32, 48))
    for top, left, size in ((3, 4, 8), (20, 14, 8), (9, 30, 12)):
        image[0, 0, top : top + size, left : left + size] = 1
    maps = functions.feature_hierarchy(image, ladder())
    return {
        "the image": maps[0][0, 0],
        "block 1: left edges": maps[1][0, 0],
        "block 2: upper left corners": maps[2][0, 0],
        "block 3: squares": maps[3][0, 0],
    }


@picture
def feature_hierarchy_of_a_digit(functions, data):
    """A three in the blocks of a trained LeNet: six maps of edges, then sixteen maps, of 5x5 numbers each, of what the edges
    form.
    """
    layers, _ = lenet(data)
    maps = functions.feature_hierarchy(enlarged(data, slice(3, 4)), layers)
    panels = {"the digit": maps[0][0, 0]}
    for number, across in ((1, 3), (2, 4)):
        # Each map as bright as can be: some are faint.
        panels[f"block {number}"] = tiled([stretched(one) for one in maps[number][0]], across)
    return panels


@picture
def feature_hierarchy_most_exciting(functions, data):
    """What a trained LeNet looks for: each row shows what excites one map most in 200 digits. First edges, then strokes, then
    digits.
    """
    layers, dense = lenet(data)
    # No more of them, so that slow code draws its pictures as well.
    images = enlarged(data, slice(0, 200))
    _, edges, pieces = map(np.asarray, functions.feature_hierarchy(images, layers))
    answers, images = dense(pieces)[:, :, None, None], images[:, 0]
    seen = [patch for map_ in range(16) for patch in strongest(pieces[:, map_], images, 16, 4)]
    names = [patch[2::4, 2::4] for name in range(10) for patch in strongest(answers[:, name], images, 32, 1)]
    return {
        "block 1: 6 pixels wide": tiled([patch for map_ in range(6) for patch in strongest(edges[:, map_], images, 6, 2)], 6),
        "block 2: 16 pixels wide": tiled(seen[:48], 6),
        "block 2, its other maps": tiled(seen[48:], 6),
        "the ten answers: all 32 pixels": tiled(names, 6),
    }


@picture
def receptive_field_on_a_photograph(functions, data):
    """The box is what one number of each block sees of the cat. The kernels are 3, 5, 5 and 7 wide, with pooling by 2 in
    between.
    """
    cat = grey(data, "cat")[0, 0]
    panels = {}
    fields = functions.receptive_field([(3, 2), (5, 2), (5, 2), (7, 1)])
    for block, field in enumerate(list(fields)[:6]):
        image = np.repeat(cat[None], 3, axis=0)
        wide = min(int(field), 200)
        top, left = 42 - wide // 2, 60 - wide // 2
        bottom, right = min(top + wide, 85) - 1, min(left + wide, 128) - 1
        top, left = max(top, 0), max(left, 0)
        for rows, columns in ((slice(top, bottom + 1), [left, right]), ([top, bottom], slice(left, right + 1))):
            image[0, rows, columns] = 1
            image[1:, rows, columns] = 0
        panels[f"block {block}: {int(field)} pixels" if block else "a pixel of the image"] = image
    return panels


@play
def conv_block_on_a_digit(data):
    """One block on a digit, two edge filters: sums, ReLU, and the largest of each 2x2."""
    with np.load(data / "digits.npz") as file:
        digit = file["images"][0][None, None].astype(float)
    return {"x": digit, "w": ladder()[0][0][:2], "b": np.array([0.0, -3.0]), "padding": 1, "pool": 2}


@play
def feature_hierarchy_of_two_squares(data):
    """An image with two squares, 8x8 and smaller, through the three blocks that look for the first."""
    image = np.zeros((1, 1, 16, 20))
    image[0, 0, 4:12, 2:10] = 1
    image[0, 0, 6:10, 13:17] = 1
    return {"x": image, "layers": ladder()}


@play
def relu_of_a_few_numbers(data):
    """What is negative becomes 0."""
    return {"x": np.array([[-2.0, 0.5, 0.0, -0.25], [3.0, -1.0, 7.5, -4.0]])}
