"""The fast kernels of the course: right on every instruction set, invisible in what they serve, never older than their text."""

from __future__ import annotations

import ast
import os
import platform
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngrade.course.modules import load_module
from support.places import GRADER, ROOT, TESTS
from support.sweeps import sweep

CONVOLUTION, PADDING, POOLING, HIERARCHY, LEARNING = (
    load_module(ROOT / "solutions" / f"{name}.py", ROOT)
    for name in ("convolution", "padding", "pooling", "hierarchy", "learning")
)
CLASSIFIER = load_module(ROOT / "solutions" / "classifier.py", ROOT)
KERNELS = sys.modules["solutions.kernels"]
# What computes; the rest of the face compiles, or says whether something is served.
OPERATIONS = [name for name in KERNELS.__all__ if name != "compiled" and not name.startswith(("serve_", "is_"))]
Array = np.ndarray[Any, Any]

# A processor of another kind is imitated by what numba may use of this one.
AVX2 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+sse4.2,+popcnt,+bmi,+bmi2"}
PLAIN = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"}
on_x86 = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="only an x86-64 processor can imitate another one"
)


def agreement(shapes: int, dtype: str, restriction: dict[str, str], root: Path = ROOT) -> str:
    """Return what kernel_agreement.py prints about the kernels of the course in `root`."""
    command = [sys.executable, str(TESTS / "course" / "kernel_agreement.py"), str(shapes), dtype]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(ROOT)])} | restriction
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


# Compiling for a processor takes ten seconds for each dtype. Every developer tries float32 on this one, which compiles each
# text of a kernel.
@pytest.mark.parametrize("dtype", sweep(["float32", "float64"], ["float32"]))
def test_every_layout_agrees_with_the_formulas(dtype: str) -> None:
    """on this processor, every layout and gradient is within 50 eps of the formula, and touches no memory beyond its arrays"""
    assert f"{dtype}: 60 shapes" in agreement(60, dtype, {})


@on_x86
@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "restriction"), [("AVX2", AVX2), ("plain", PLAIN)])
def test_the_tiles_of_other_processors_agree_as_well(name: str, restriction: dict[str, str], dtype: str) -> None:
    """a processor with AVX2 and one with none of it get tables of their own, and the same answers"""
    assert agreement(30, dtype, restriction).startswith(f"{name} {dtype}: 30 shapes")


def numbers(*shape: int, dtype: type = np.float32, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def close(fast: Array, plain: Array, scale: float) -> bool:
    return fast.shape == plain.shape and fast.dtype == plain.dtype and bool(
        np.abs(fast - plain).max(initial=0) <= 50 * np.finfo(plain.dtype).eps * scale
    )  # fmt: skip


# Large enough, a case for each layout.
LARGE = {
    "one large image": (numbers(1, 3, 200, 210), numbers(8, 3, 5, 4, seed=1), 1, 1),
    "many filters": (numbers(2, 48, 14, 14), numbers(64, 48, 3, 4, seed=1), 1, 1),
    "many channels": (numbers(2, 48, 18, 19), numbers(48, 48, 3, 3, seed=1), 1, 1),
    "many images": (numbers(70, 6, 14, 15), numbers(16, 6, 5, 4, seed=1), 1, 0),
    "a stride": (numbers(3, 16, 60, 61), numbers(40, 16, 5, 3, seed=1), 2, 2),
}


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """Count the calls of a function of the kernels from now on."""
    calls, served = [0], getattr(KERNELS, name)

    def spy(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        return served(*arguments, **named)

    monkeypatch.setattr(KERNELS, name, spy)
    return calls


@pytest.mark.parametrize("case", LARGE)
@pytest.mark.parametrize("dtype", sweep([np.float32, np.float64], [np.float32]))
def test_large_convolutions_are_served_fast_and_alike(case: str, dtype: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """large work goes to the fast kernels, forwards and backwards, and comes back as from the plain ones but for rounding"""
    x, w, stride, padding = LARGE[case]
    x, w, b = x.astype(dtype), w.astype(dtype), numbers(len(w), dtype=dtype, seed=2)
    calls = counted(monkeypatch, "conv2d"), counted(monkeypatch, "conv2d_backward")
    plain = CONVOLUTION.baseline_conv2d(x, w, b, stride, padding)
    size = float(CONVOLUTION.baseline_conv2d(np.abs(x), np.abs(w), np.abs(b), stride, padding).max())
    assert close(CONVOLUTION.conv2d(x, w, b, stride, padding), plain, size)
    dout = numbers(*plain.shape, dtype=dtype, seed=3)
    fast = LEARNING.conv2d_backward(dout, x, w, b, stride, padding)
    plain = LEARNING._conv2d_backward(dout, x, w, b, stride, padding, plain=True)
    sizes = LEARNING._conv2d_backward(np.abs(dout), np.abs(x), np.abs(w), b, stride, padding, plain=True)
    for ours, right, most in zip(fast, plain, sizes, strict=True):
        assert close(ours, right, float(most.max()))
    assert [count[0] for count in calls] == [1, 1]


@pytest.mark.parametrize("pool", [1, 2, 3])
def test_blocks_are_fused_where_they_can_be(pool: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """a large block of the hierarchy is convolved, clipped and pooled at once, unless its window is another one"""
    x, w, _, padding = LARGE["many images"]
    calls = counted(monkeypatch, "conv2d")
    plain = HIERARCHY._plain_block(x, w, None, padding, pool)
    fast = HIERARCHY.conv_block(x, w, None, padding, pool)
    assert close(fast, plain, float(CONVOLUTION.baseline_conv2d(np.abs(x), np.abs(w), None, 1, padding).max()))
    assert calls == [1 if pool < 3 else 0]


def network(dtype: type) -> dict[str, Array]:
    """Weights of a network of LeNet's shape, for images of 28 x 28."""
    shapes = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (20, 256), "fc2": (12, 20), "fc3": (10, 12)}
    weights = {f"{name}_w": numbers(*shape, dtype=dtype) / 10 for name, shape in shapes.items()}
    return weights | {f"{name}_b": numbers(shape[0], dtype=dtype) for name, shape in shapes.items()}


@pytest.mark.parametrize(("images", "side"), [(40, 28), (40, 29), (3, 100)])
@pytest.mark.parametrize("dtype", sweep([np.float32, np.float64], [np.float32]))
def test_a_chain_of_blocks_is_fused(images: int, side: int, dtype: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """a large chain of blocks runs in one piece, and its maps are those of the plain kernels but for rounding"""
    x, params = numbers(images, 1, side, side, dtype=dtype), network(dtype)
    layers = [(params[f"conv{n}_w"], params[f"conv{n}_b"], 0, 2) for n in (1, 2)]
    sizes = [(np.abs(w), np.abs(b), padding, pool) for w, b, padding, pool in layers]
    plain = HIERARCHY.baseline_feature_hierarchy(x, layers)[-1]
    largest = float(HIERARCHY.baseline_feature_hierarchy(np.abs(x), sizes)[-1].max())
    calls = counted(monkeypatch, "hierarchy")
    assert close(HIERARCHY.last_maps(x, layers), plain, largest)
    assert calls == [1]
    # A picture that is not stored row by row, and one that is read-only.
    turned = x.transpose(0, 1, 3, 2)
    x.flags.writeable = False
    assert close(HIERARCHY.last_maps(turned, layers), HIERARCHY.baseline_feature_hierarchy(turned, layers)[-1], largest)
    assert close(HIERARCHY.last_maps(x, layers), plain, largest)


def test_a_network_uses_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """the convolutional part of the classifier's network is a chain of blocks"""
    calls = counted(monkeypatch, "hierarchy")
    assert CLASSIFIER.lenet(numbers(40, 1, 28, 28), network(np.float32)).shape == (40, 10)
    assert calls == [1]


@pytest.mark.parametrize("change", ["channels", "bias", "kernel", "pool"])
def test_a_chain_that_does_not_fit_is_refused(change: str) -> None:
    """what does not fit the maps before it raises ValueError, in a chain that would be served in one piece as well"""
    (w, b), second = (numbers(6, 1, 5, 5), numbers(6)), {"w": numbers(16, 6, 5, 5), "b": numbers(16), "padding": 0, "pool": 2}
    second |= {
        "channels": {"w": numbers(16, 5, 5, 5)}, "bias": {"b": numbers(15)}, "kernel": {"w": numbers(16, 6, 13, 2)},
        "pool": {"w": numbers(16, 6, 12, 12)},
    }[change]  # fmt: skip
    with pytest.raises(ValueError, match=r"\d"):
        HIERARCHY.last_maps(numbers(64, 1, 28, 28), [(w, b, 0, 2), tuple(second.values())])


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e37])
@pytest.mark.parametrize("where", ["images", "weights", "biases"])
def test_a_chain_leaves_numbers_that_are_none_to_the_plain_kernels(
    number: float, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NaN, infinity and sums that leave float32 in either block of a chain come out as from the plain kernels"""
    x, params = numbers(20, 1, 28, 28), network(np.float32)
    spoiled = {"images": x, "weights": params["conv2_w"], "biases": params["conv1_b"]}[where]
    spoiled.flat[5] = number
    if where == "images":
        # With such weights in the second block its sums are small, whatever those of the first were.
        params["conv2_w"] *= 1e-6
        params["conv1_w"] *= 100
    layers = [(params[f"conv{n}_w"], params[f"conv{n}_b"], 0, 2) for n in (1, 2)]
    calls = counted(monkeypatch, "hierarchy")
    with np.errstate(all="ignore"):
        ours, plain = HIERARCHY.last_maps(x, layers), HIERARCHY.baseline_feature_hierarchy(x, layers)[-1]
        wide = [(np.abs(w).astype(float), np.abs(b).astype(float), padding, pool) for w, b, padding, pool in layers]
        sizes = HIERARCHY.baseline_feature_hierarchy(np.abs(x).astype(float), wide)[-1]
    assert calls == [0]
    # The block without such a number may be served by itself: then it is rounded otherwise.
    finite = np.isfinite(plain)
    assert np.array_equal(ours[~finite], plain[~finite], equal_nan=True)
    assert (np.abs(ours[finite] - plain[finite]) <= 50 * np.finfo(np.float32).eps * sizes[finite]).all()


def test_a_chain_of_tiny_numbers_and_huge_weights_does_not_overflow() -> None:
    """squares that are 0 in float32 are of numbers that are not: what such images may become is not taken for nothing"""
    x, b1, b2 = np.full((16, 1, 10, 10), 1e-24, np.float32), np.zeros(1000, np.float32), np.zeros(600, np.float32)
    first, second = np.full((1000, 1, 10, 10), 1e36, np.float32), np.full((600, 1000, 1, 1), 2e24, np.float32)
    # No product is too large, but the sum of two is.
    second[:, 500:] *= -1
    assert np.array_equal(HIERARCHY.last_maps(x, [(first, b1, 0, 1), (second, b2, 0, 1)]), np.zeros((16, 600, 1, 1)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_means_of_numbers_whose_sum_is_too_large(dtype: type) -> None:
    """a window is added up in its order, so that it is infinite and not NaN where half of it is too large on either side"""
    x = np.zeros((1, 1, 1024, 1024), dtype)
    x[..., :2, :2] = np.array([[1, 1], [-1, -1]]) * np.finfo(dtype).max
    plain = POOLING.avgpool2d(x[..., :2, :2], 2)
    assert np.array_equal(POOLING.avgpool2d(x, 2)[..., :1, :1], plain)
    assert not np.isnan(plain).any()


def test_large_gradients_of_relu_are_served_alike() -> None:
    """a large gradient is let through where the map is positive, and one that is not finite as the formula says"""
    maps, dout = np.round(numbers(4, 4, 300, 300)), numbers(4, 4, 300, 300, seed=1)
    assert np.array_equal(HIERARCHY.relu(maps), np.maximum(maps, 0))
    assert np.array_equal(HIERARCHY.relu(maps.reshape(-1, 300)[:, ::-1]), np.maximum(maps.reshape(-1, 300)[:, ::-1], 0))
    for number in (1.0, np.nan, np.inf):
        maps[0, 0, 0, 0], maps[0, 0, 0, 1], dout[0, 0, 0, 0], dout[0, 0, 0, 1] = -1.0, number, number, 2.0
        with np.errstate(invalid="ignore"):
            assert np.array_equal(LEARNING._relu_backward(dout, maps), dout * (maps > 0), equal_nan=True)


def test_large_maps_are_served_alike() -> None:
    """padding and pooling of large maps, and the way back of the maximum, answer as the plain kernels do"""
    x = np.round(numbers(4, 3, 301, 300) * 3)
    assert KERNELS.is_large_map(x)
    assert np.array_equal(POOLING.maxpool2d(x, 2), POOLING.baseline_maxpool2d(x, 2))
    assert np.array_equal(PADDING.pad2d(x, (1, 3), 0.5), PADDING.baseline_pad2d(x, (1, 3), 0.5))
    assert close(POOLING.avgpool2d(x, 2), x[:, :, :300].reshape(4, 3, 150, 2, 150, 2).mean(axis=(3, 5)), 10.0)
    dout = numbers(4, 3, 150, 150, seed=1)
    plain = LEARNING._maxpool2d_backward(dout, x, 2, 2, 0, plain=True)
    assert np.array_equal(LEARNING.maxpool2d_backward(dout, x, 2, 2, 0), plain)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e37])
def test_numbers_that_are_none_look_the_same(number: float) -> None:
    """NaN, infinity and sums that leave float32 on the way come out as from the plain kernels"""
    x, w, stride, padding = LARGE["a stride"]
    x = x.copy()
    x[1, 2, 30, 31], x[1, 2, 30, 32] = number, -number
    dout, large = numbers(3, 40, 30, 32, seed=3), w * 100
    with np.errstate(all="ignore"):
        arguments = x, large, None, stride, padding
        maps = CONVOLUTION.conv2d(*arguments), CONVOLUTION.baseline_conv2d(*arguments)
        arguments = dout, x, w, None, stride, padding
        weights = LEARNING.conv2d_backward(*arguments)[1], LEARNING._conv2d_backward(*arguments, plain=True)[1]
        for fast, plain in (maps, weights):
            assert np.array_equal(fast, plain, equal_nan=True) or close(fast, plain, float(np.abs(plain).max()))
    clipped = np.full((4, 3, 300, 300), -1.0, np.float32)
    clipped[0, 0, 5, 5], clipped[3, 2, 299, 298] = number, -number
    assert np.array_equal(POOLING.maxpool2d(clipped, 2), POOLING.baseline_maxpool2d(clipped, 2), equal_nan=True)
    gradient = numbers(4, 3, 150, 150)
    back = LEARNING.maxpool2d_backward(gradient, clipped, 2, 2, 0)
    assert np.array_equal(back, LEARNING._maxpool2d_backward(gradient, clipped, 2, 2, 0, plain=True))


def test_baselines_never_use_the_fast_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """what budgets are measured against is the plain kernel, however large the input"""

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("a baseline used a fast kernel")

    for name in OPERATIONS:
        monkeypatch.setattr(KERNELS, name, fail)
    x, w, _, _ = LARGE["many images"]
    images, labels = numbers(512, 1, 16, 16), np.arange(512) % 10
    params = {"conv_w": numbers(24, 1, 3, 3), "conv_b": numbers(24), "fc_w": numbers(10, 24 * 64), "fc_b": numbers(10)}
    calls: dict[str, tuple[ModuleType, tuple[Any, ...]]] = {
        "conv2d": (CONVOLUTION, (x, w)),
        "feature_hierarchy": (HIERARCHY, (x, [(w, None, 0, 2)])),
        "maxpool2d": (POOLING, (numbers(4, 4, 300, 300), 2)),
        "pad2d": (PADDING, (numbers(4, 4, 300, 300), 1)),
        "train": (LEARNING, (images, labels, params, 1, 0.1, 512, 0)),
    }
    for name, (module, arguments) in calls.items():
        getattr(module, f"baseline_{name}")(*arguments)
        with pytest.raises(AssertionError, match="used a fast kernel"):
            getattr(module, name)(*arguments)


def uncompiled_machine(monkeypatch: pytest.MonkeyPatch, much: int) -> None:
    """Let nothing be compiled, as far as the dispatch knows, and let so many multiplications be worth a compilation."""
    # Another test may have loaded the solutions once more since these were.
    dispatch = KERNELS.serve_convolution.__globals__
    for name, value in {"_ready": {}, "_put_off": Counter(), "is_kept": lambda *_: False, "MUCH_WORK": much}.items():
        monkeypatch.setitem(dispatch, name, value)


MEDIUM = numbers(20, 1, 14, 14), numbers(8, 1, 3, 3, seed=1)
WORK = 20 * 12 * 12 * 8 * 9


def test_nobody_waits_for_the_compiler_for_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """medium work is the plain kernel's until as much has come as a compilation takes, and the fast one's from then on"""
    uncompiled_machine(monkeypatch, much=4 * WORK)
    calls, (x, w) = counted(monkeypatch, "conv2d"), MEDIUM
    served = []
    for _ in range(6):
        CONVOLUTION.conv2d(x, w)
        served.append(calls[0])
    assert served == [0, 0, 0, 1, 2, 3]
    # Another layout, another dtype and the gradients have compilations of their own.
    for other in (x.astype(np.float64), x[:3]):
        CONVOLUTION.conv2d(other, w)
    backward = counted(monkeypatch, "conv2d_backward")
    LEARNING.conv2d_backward(numbers(20, 8, 12, 12), x, w, None, 1, 0)
    assert (calls, backward) == ([3], [0])


def test_what_is_compiled_serves_medium_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """a large call compiles, and from then on medium ones are served, but none so small that the plain kernel is faster"""
    uncompiled_machine(monkeypatch, much=1 << 60)
    x, w = MEDIUM
    calls = counted(monkeypatch, "conv2d"), counted(monkeypatch, "conv2d_backward"), counted(monkeypatch, "maxpool2x2")
    for count in (1, 20):
        images = np.concatenate([x] * 4 * count)
        LEARNING.conv2d_backward(numbers(len(images), 8, 12, 12), images, w, None, 1, 0)
        CONVOLUTION.conv2d(images, w)
        POOLING.maxpool2d(np.concatenate([images] * (80 if count > 1 else 1)), 2)
    assert [count[0] for count in calls] == [1, 1, 1]
    CONVOLUTION.conv2d(x, w)
    LEARNING.conv2d_backward(numbers(20, 8, 12, 12), x, w, None, 1, 0)
    POOLING.maxpool2d(np.concatenate([x] * 2), 2)
    assert [count[0] for count in calls] == [2, 2, 2]
    CONVOLUTION.conv2d(x, w[:1, :, :2, :2])
    LEARNING.conv2d_backward(numbers(20, 1, 13, 13), x, w[:1, :, :2, :2], None, 1, 0)
    POOLING.maxpool2d(x[:10], 2)
    assert [count[0] for count in calls] == [2, 2, 2]


def test_sums_of_large_numbers_are_averaged_alike() -> None:
    """a mean of numbers whose sum leaves float32 is one all the same, in a large map as in a small one"""
    x = np.full((4, 3, 300, 300), 3e38, np.float32)
    assert (POOLING.avgpool2d(x, 2) == x[:, :, ::2, ::2]).all()


CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from solutions.tiny import twice
for number in sys.argv[2:]:
    print(twice(eval(number)))
print("compiled", sum(twice.stats.cache_misses.values()), "loaded", sum(twice.stats.cache_hits.values()))
"""
TINY = """
from solutions.kernels import compiled
from solutions.kernels.helper import scaled

@compiled()
def twice(x):
    return scaled(x)
"""
HELPER = """
from numba import njit

@njit
def scaled(x):
    return x * 2
"""


@pytest.fixture
def uncompiled(tmp_path: Path) -> Path:
    """A folder with the kernels and a tiny one more, made of two files, that nobody has compiled yet."""
    kernels = tmp_path / "course" / "solutions" / "kernels"
    shutil.copytree(ROOT / "solutions" / "kernels", kernels, ignore=shutil.ignore_patterns("__pycache__"))
    (kernels / "helper.py").write_text(HELPER, encoding="utf-8")
    (kernels.parent / "tiny.py").write_text(TINY, encoding="utf-8")
    return tmp_path / "course"


def started(uncompiled: Path, *arguments: str, child: str = CHILD) -> subprocess.Popen[str]:
    home = uncompiled.parent / "home"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    env = clean | {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LOCALAPPDATA": str(home)}
    command = [sys.executable, "-c", child, str(uncompiled), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def run(uncompiled: Path, *arguments: str, child: str = CHILD) -> list[str]:
    return finished(started(uncompiled, *arguments, child=child))


def finished(child: subprocess.Popen[str]) -> list[str]:
    output = child.communicate(timeout=300)[0]
    assert child.returncode == 0
    return output.splitlines()


def test_compiled_code_survives_until_any_text_it_was_made_from_changes(uncompiled: Path) -> None:
    """a second process loads what the first one compiled; after a change in another file it compiles again"""
    assert run(uncompiled, "3.0") == ["6.0", "compiled 1 loaded 0"]
    assert run(uncompiled, "3.0") == ["6.0", "compiled 0 loaded 1"]
    helper = uncompiled / "solutions" / "kernels" / "helper.py"
    before = helper.stat()
    helper.write_text(HELPER.replace("x * 2", "x * 5"), encoding="utf-8")
    os.utime(helper, ns=(before.st_atime_ns, before.st_mtime_ns))
    for pyc in helper.parent.glob("__pycache__/helper*.pyc"):
        pyc.unlink()
    assert run(uncompiled, "3.0") == ["15.0", "compiled 1 loaded 0"]
    assert len(list((uncompiled / "solutions" / "__pycache__").glob("*.nbc"))) == 1


KEPT = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from solutions.kernels.cache import is_kept
from solutions.tiny import twice
print([is_kept("twice", np.dtype(name)) for name in ("float32", "float64")])
twice(np.ones(3, np.float32))
print([is_kept("twice", np.dtype(name)) for name in ("float32", "float64")])
"""


def test_what_is_kept_is_known_by_its_dtype(uncompiled: Path) -> None:
    """a process sees what others have compiled, for which dtype, and not what an older text was compiled to"""
    assert run(uncompiled, child=KEPT) == ["[False, False]", "[True, False]"]
    assert run(uncompiled, child=KEPT) == ["[True, False]", "[True, False]"]
    helper = uncompiled / "solutions" / "kernels" / "helper.py"
    helper.write_text(HELPER.replace("x * 2", "x * 5"), encoding="utf-8")
    assert run(uncompiled, child=KEPT)[0] == "[False, False]"


@on_x86
def test_what_is_kept_for_another_processor_is_not_taken_for_ones_own(uncompiled: Path) -> None:
    """machines that share a course's folder see what they themselves have compiled"""
    simple = f"import os\nos.environ.update({PLAIN!r})\n" + KEPT
    for child in (KEPT, simple):
        assert run(uncompiled, child=child) == ["[False, False]", "[True, False]"]
    assert run(uncompiled, child=KEPT)[0] == "[True, False]"


@pytest.mark.slow
def test_what_runs_counts_and_not_the_file_of_that_name(uncompiled: Path) -> None:
    """code that runs under another file's name, as a solution that is proved as a submission, is not taken for that file"""
    child = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from cnngrade.worker.cells import Cell, run_cells
path = str(Path(sys.argv[1]) / "solutions" / "tiny.py")
for factor in (3, 4):
    source = Path(path).read_text().replace("return scaled(x)", "return scaled(x) * FACTOR") + f"FACTOR = {factor}\\n"
    module, failures = run_cells([Cell(source, path)], "tiny", path)
    print(module.twice(1.0), failures)
"""
    env = os.environ | {"PYTHONPATH": str(GRADER)}
    for _ in range(2):
        command = [sys.executable, "-c", child, str(uncompiled)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        assert ran.stdout.splitlines() == ["6.0 []", "8.0 []"], ran.stderr


@pytest.mark.slow
def test_half_a_file_is_not_believed(uncompiled: Path) -> None:
    """a file of compiled code that was cut short, or is not one, is compiled again"""
    run(uncompiled, "3.0")
    (stored,) = (uncompiled / "solutions" / "__pycache__").glob("*.nbc")
    whole = stored.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"\x00" * len(whole)):
        stored.write_bytes(damaged)
        assert run(uncompiled, "3.0") == ["6.0", "compiled 1 loaded 0"]
    assert run(uncompiled, "3.0") == ["6.0", "compiled 0 loaded 1"]


@pytest.mark.slow
def test_a_folder_that_nobody_may_write_will_do(uncompiled: Path) -> None:
    """where the course's folder takes no files the home keeps them, and where that takes none either all works without"""
    # A file stands where the folder would be: not even an administrator can write into that.
    (uncompiled / "solutions" / "__pycache__").write_text("", encoding="utf-8")
    assert run(uncompiled, "3.0") == ["6.0", "compiled 1 loaded 0"]
    assert run(uncompiled, "3.0") == ["6.0", "compiled 0 loaded 1"]
    shutil.rmtree(uncompiled.parent / "home")
    (uncompiled.parent / "home").write_text("", encoding="utf-8")
    for _ in range(2):
        assert run(uncompiled, "3.0") == ["6.0", "compiled 1 loaded 0"]


@pytest.mark.slow
def test_two_that_start_at_once_do_not_harm_each_other(uncompiled: Path) -> None:
    """four processes compile at once, for two types each; every answer is right, and what they leave serves the next one"""
    children = [started(uncompiled, *arguments) for arguments in (["3.0", "4"], ["4", "3.0"]) * 2]
    for child, answers in zip(children, [["6.0", "8"], ["8", "6.0"]] * 2, strict=True):
        assert finished(child)[:2] == answers
    assert run(uncompiled, "3.0", "4") == ["6.0", "8", "compiled 0 loaded 2"]
    assert len(list((uncompiled / "solutions" / "__pycache__").iterdir())) >= 2
    assert not list((uncompiled / "solutions" / "__pycache__").glob(".new*"))


@pytest.mark.slow
def test_any_table_of_tiles_will_do(uncompiled: Path) -> None:
    """trying other tiles changes numbers in a table and nothing else: the answers stay right"""
    target = uncompiled / "solutions" / "kernels" / "simd" / "target.py"
    text, others = target.read_text(encoding="utf-8"), "{12: 2, 5: 4, 3: 3, 1: 5}, {3: 4, 1: 9})"
    changed, count = re.subn(r"(= Target\(\S+, \d+, \w+, ).*", lambda found: found[1] + others, text)
    assert count == 4
    target.write_text(changed, encoding="utf-8")
    assert "float32: 30 shapes" in agreement(30, "float32", {}, uncompiled)


@pytest.mark.parametrize(
    ("images", "channels", "side"), [(1, 64, 48), (20, 1, 48), (1, 1, 200)], ids=["channels", "images", "positions"]
)
def test_rounding_takes_little_of_sums_over_many_positions(images: int, channels: int, side: int) -> None:
    """gradients of weights and biases add up thousands of equal numbers, in every layout, without losing more than 50 eps"""
    x = np.full((images, channels, side, side), 0.1, np.float32)
    dout, w = x[:, :1].copy(), np.zeros((1, channels, 1, 1), np.float32)
    _, dw, db = KERNELS.conv2d_backward(dout, x, w)
    one, count = float(np.float32(0.1)), images * side * side
    assert np.abs(dw / (one * one * count) - 1).max() < 50 * np.finfo(np.float32).eps
    assert np.abs(db / (one * count) - 1).max() < 50 * np.finfo(np.float32).eps


def test_nothing_is_compiled_before_it_is_needed() -> None:
    """importing every solution compiles no kernel, and a small convolution only the plain one"""
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from numba.core.dispatcher import Dispatcher
import numpy as np
import solutions.classifier, solutions.filters, solutions.hierarchy, solutions.learning, solutions.padding

def there():
    modules = [module for name, module in sys.modules.items() if name.startswith("solutions.")]
    found = {{name for module in modules for name, value in vars(module).items()
             if isinstance(value, Dispatcher) and value.signatures}}
    return sorted(found)

print(there())
solutions.filters.conv2d(np.ones((1, 1, 8, 8)), np.ones((2, 1, 3, 3)))
print(there())
"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.splitlines() == ["[]", "['_slide']"]


def functions_of(path: Path) -> list[ast.FunctionDef | ast.Lambda]:
    """Return every function of a file, those within others and those without a name too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]


@pytest.mark.parametrize("path", sorted((ROOT / "solutions" / "kernels").rglob("*.py")), ids=lambda path: path.stem)
def test_no_function_takes_more_than_eight_arguments(path: Path) -> None:
    """what belongs together goes in together: a function of the kernels takes at most eight arguments"""
    for function in functions_of(path):
        takes = function.args
        count = len(takes.posonlyargs) + len(takes.args) + len(takes.kwonlyargs) + bool(takes.vararg) + bool(takes.kwarg)
        assert count <= 8, f"{path.name}, line {function.lineno}: {count} arguments"


def test_every_operation_is_used_by_a_solution() -> None:
    """what the kernels offer, a solution of the course calls"""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "solutions").glob("*.py")]
    used = {name for text in texts for name in re.findall(r"\bkernels\.(\w+)", text)}
    assert used | {"compiled"} == set(KERNELS.__all__)
