"""The register tile: m x n sums that stay in registers while one loop walks over what is added up.

    sums[i][j] += a_i * b_j        for each step t

b lies wherever a table says, x + table[t] + j*x_gap: the numbers under tap t of the kernel, however the image is laid out. a
comes in a row, packed in the order it is needed: the weights. Three kinds of convolution are this one loop:

    POSITIONS   b are vectors (positions of a row, or images), a are weights: numbers that go into every lane
    FILTERS     b are numbers of the image that go into every lane, a are vectors of weights, a filter a lane
    GRADIENTS   both are vectors; t walks over positions, and the sums of a weight's gradient stay apart lane by lane

The loop is written in LLVM's language and not in Python, since m and n differ from tile to tile and registers have no index.
A tile is emitted as a function of its own for each m and n of the machine's table; `covering` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from solutions.kernels.layout import INLINE, NUMPY
from solutions.kernels.target import TARGET
from solutions.kernels.vector import (
    ELEMENTS,
    INT64,
    Vector,
    at,
    lanes,
    larger,
    load_vector,
    multiply_add,
    splat,
    store_vector,
    vector_name,
)


@dataclass(frozen=True)
class Kind:
    """Which of the two factors are vectors, and whether the sums go on from what lies in y."""

    name: str
    sizes: Mapping[int, int]
    a_is_vector: bool
    b_is_vector: bool
    goes_on: bool = False


POSITIONS = Kind("positions", TARGET.positions, a_is_vector=False, b_is_vector=True)
FILTERS = Kind("filters", TARGET.filters, a_is_vector=True, b_is_vector=False)
GRADIENTS = Kind("gradients", TARGET.positions, a_is_vector=True, b_is_vector=True, goes_on=True)


def _emit(function: ir.Function, kind: Kind, m: int, n: int, vector: ir.VectorType) -> None:
    """Write the body of the tile m x n. Parameters as in `covering`, without the counts that are fixed here."""
    x, x_gap, table, steps, a, a_gap, bias, low, y, y_gap = function.args
    width = vector.count

    def number(value: int) -> ir.Constant:
        return ir.Constant(INT64, value)

    def factor(b: ir.IRBuilder, p: Any, offset: Any, is_vector: bool) -> Any:
        return load_vector(b, p, offset, vector) if is_vector else splat(b, b.load(b.gep(p, [offset])), width)

    entry, loop, done = (function.append_basic_block(name) for name in ("entry", "loop", "done"))
    b = ir.IRBuilder(entry)
    rows = [b.gep(y, [b.mul(y_gap, number(i))]) for i in range(m)]
    if kind.goes_on:
        start = [[load_vector(b, row, number(j * width), vector) for j in range(n)] for row in rows]
    else:
        unit = width if kind.a_is_vector else 1
        start = [[factor(b, bias, number(i * unit), kind.a_is_vector)] * n for i in range(m)]
    gaps = [b.mul(x_gap, number(j)) for j in range(n)]
    # Gradients take a number of each of m maps, which lie apart; weights were packed in the order of use.
    a_gaps = [b.mul(a_gap, number(i)) if kind.goes_on else number(i * (width if kind.a_is_vector else 1)) for i in range(m)]
    a_step = number(width if kind.goes_on else m * (width if kind.a_is_vector else 1))
    b.branch(loop)

    b = ir.IRBuilder(loop)
    step = b.phi(INT64)
    sums = [[b.phi(vector) for _ in range(n)] for _ in range(m)]
    there = b.gep(x, [b.load(b.gep(table, [step]))])
    here = b.gep(a, [b.mul(step, a_step)])
    added: list[list[Any]] = [[None] * n for _ in range(m)]
    if kind.b_is_vector:
        b_factors = [factor(b, there, gap, True) for gap in gaps]
        for i in range(m):
            weight = factor(b, here, a_gaps[i], kind.a_is_vector)
            added[i] = [multiply_add(b, weight, b_factors[j], sums[i][j]) for j in range(n)]
    else:
        a_factors = [factor(b, here, gap, True) for gap in a_gaps]
        for j in range(n):
            pixel = factor(b, there, gaps[j], False)
            for i in range(m):
                added[i][j] = multiply_add(b, a_factors[i], pixel, sums[i][j])
    following = b.add(step, number(1))
    step.add_incoming(number(0), entry)
    step.add_incoming(following, loop)
    for i in range(m):
        for j in range(n):
            sums[i][j].add_incoming(start[i][j], entry)
            sums[i][j].add_incoming(added[i][j], loop)
    b.cbranch(b.icmp_signed("<", following, steps), loop, done)

    b = ir.IRBuilder(done)
    floor = None if kind.goes_on else splat(b, low, width)
    for i in range(m):
        for j in range(n):
            total = added[i][j] if floor is None else larger(b, floor, added[i][j])
            store_vector(b, rows[i], number(j * width), total)
    b.ret_void()


def _tiles(kind: Kind) -> Any:
    """Make the operation that runs the tile m x n of a kind; both may be known at run time only."""

    @intrinsic
    def run(typingctx, m, n, x, x_gap, table, steps, a, a_gap, bias, low, y, y_gap):  # type: ignore[no-untyped-def]
        element = ELEMENTS[x.dtype]
        vector = ir.VectorType(element, Vector(x.dtype).lanes)
        p, table_p = element.as_pointer(), INT64.as_pointer()
        parameters = [p, INT64, table_p, INT64, p, INT64, p, element, p, INT64]

        def codegen(context, builder, signature, values):  # type: ignore[no-untyped-def]
            after = builder.append_basic_block("after")
            choice = builder.switch(builder.add(builder.mul(values[0], ir.Constant(INT64, 32)), values[1]), after)
            for rows, most in kind.sizes.items():
                for columns in range(1, most + 1):
                    name = f"tile_{kind.name}_{rows}x{columns}_{vector_name(vector)}"
                    function = builder.module.globals.get(name)
                    if function is None:
                        function = ir.Function(builder.module, ir.FunctionType(ir.VoidType(), parameters), name)
                        function.linkage = "linkonce_odr"
                        function.attributes.add("noinline")
                        _emit(function, kind, rows, columns, vector)
                    block = builder.append_basic_block(name)
                    choice.add_case(ir.Constant(INT64, rows * 32 + columns), block)
                    with builder.goto_block(block):
                        builder.call(function, values[2:])
                        builder.branch(after)
            builder.position_at_end(after)
            return context.get_dummy_value()

        integers, pointers = types.int64, types.CPointer(types.int64)
        arguments = integers, integers, x, integers, pointers, integers, x, integers, x, x.dtype, x, integers
        return types.void(*arguments), codegen

    return run


def covering(kind: Kind) -> tuple[Any, Any]:
    """Return `block(left)`, how many rows of the `left` ones to take next, and `cover`, which computes so many x n sums."""
    run, sizes = _tiles(kind), sorted(kind.sizes)
    most = tuple(kind.sizes.get(m, 0) for m in range(sizes[-1] + 1))
    fitting = tuple(max((m for m in sizes if m <= left), default=1) for left in range(sizes[-1] + 1))
    enough = tuple(min(m for m in sizes if m >= left) for left in range(sizes[-1] + 1))
    largest = sizes[-1]

    @njit(**NUMPY)
    def block(left):  # type: ignore[no-untyped-def]
        # As few blocks as there can be, of much the same size: 10 are 6 + 4, not 8 + 2.
        blocks = (left + largest - 1) // largest
        even = enough[(left + blocks - 1) // blocks]
        return even if even <= left else fitting[min(left, largest)]

    @njit(**INLINE)
    def cover(m, n, x, x_gap, table, steps, a, a_gap, bias, low, y, y_gap):  # type: ignore[no-untyped-def]
        """Compute m x n sums with tiles of much the same width, and leave them in y, a row every y_gap numbers.

        x, x_gap, table: b_j of step t lies at x + table[t] + j*x_gap.   a, a_gap: the packed weights; for gradients, a_i of
        step t is the vector at a + t*L + i*a_gap.   bias: where sums begin.   low: what results are clipped at.
        """
        widest = most[m]
        tiles = (n + widest - 1) // widest
        width, wider = n // tiles, n % tiles
        j = 0
        for tile in range(tiles):
            columns = width + (tile < wider)
            run(m, columns, at(x, j * x_gap), x_gap, table, steps, a, a_gap, bias, low, at(y, j * lanes(x)), y_gap)
            j += columns

    return block, cover
