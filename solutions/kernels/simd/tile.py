"""The register tile: m x n sums that stay in registers while one loop walks over what is added up.

    sums[i][j] += a_i * b_j        for each step t

b lies wherever a table says, x + table[t] + j*x_gap: the numbers under tap t of the kernel, however the image is laid out. a
comes in a row, packed in the order it is needed: the weights. Four kinds of sums are this one loop:

    POSITIONS   b are vectors (positions of a row, or images), a are weights: numbers that go into every lane
    FILTERS     b are numbers of the image that go into every lane, a are vectors of weights, a filter a lane
    GRADIENTS   both are vectors; t walks over positions, and the sums of a weight's gradient stay apart lane by lane
    CHANNELS    the same sums, where b are vectors of channels and a are gradients, numbers that go into every lane

The loop is written in LLVM's language and not in Python, since m and n differ from tile to tile and registers have no index.
A tile is emitted as a function of its own for each m and n of the machine's table; `covering` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from solutions.kernels.cache import HELPER, INLINE
from solutions.kernels.simd.target import TARGET
from solutions.kernels.simd.vector import (
    ELEMENTS,
    INT64,
    Vector,
    larger,
    load_vector,
    multiply_add,
    splat,
    store_vector,
    vector_name,
)


@dataclass(frozen=True)
class Kind:
    """Which of the two factors are vectors, and whether the sums are added to what lies in y."""

    name: str
    sizes: Mapping[int, int]
    a_is_vector: bool
    b_is_vector: bool
    goes_on: bool = False


POSITIONS = Kind("positions", TARGET.positions, a_is_vector=False, b_is_vector=True)
FILTERS = Kind("filters", TARGET.filters, a_is_vector=True, b_is_vector=False)
GRADIENTS = Kind("gradients", TARGET.positions, a_is_vector=True, b_is_vector=True, goes_on=True)
CHANNELS = Kind("channels", TARGET.positions, a_is_vector=False, b_is_vector=True, goes_on=True)


class Operands(NamedTuple):
    """Where the m x n sums of a tile find what they add up, and where they go.

    x, x_gap, table: b_j of step t lies at x + table[t] + j*x_gap.   steps: how many there are, at least 1
    a, a_gap: the packed weights, and a_gap means nothing; for gradients, a_i of step t is the vector at a + t*L + i*a_gap
    bias: where sums begin; those of gradients begin at 0, and are added to what lies in y.   low: what results are clipped at
    y, y_gap: the sums go to y, a row every y_gap numbers
    """

    x: Any
    x_gap: Any
    table: Any
    steps: Any
    a: Any
    a_gap: Any
    bias: Any
    low: Any
    y: Any
    y_gap: Any


def _not_unrolled(branch: ir.Instruction) -> None:
    """Tell LLVM to leave the loop that ends with `branch` as it is: two steps at once need more registers than there are."""
    module = branch.function.module
    loop = module.add_metadata([module.add_metadata(["llvm.loop.unroll.disable"]), ir.Constant(INT64, len(module.metadata))])
    # LLVM knows a loop by a node that begins with itself.
    loop.operands = (loop, *loop.operands[:1])
    branch.set_metadata("llvm.loop", loop)


def _emit(function: ir.Function, kind: Kind, m: int, n: int, vector: ir.VectorType) -> None:
    """Write the body of the tile m x n; its parameters are the `Operands`."""
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
        start = [[ir.Constant(vector, None)] * n] * m
    else:
        unit = width if kind.a_is_vector else 1
        start = [[factor(b, bias, number(i * unit), kind.a_is_vector)] * n for i in range(m)]
    gaps = [b.mul(x_gap, number(j)) for j in range(n)]
    # Gradients take a number of each of m maps, which lie apart; weights were packed in the order of use.
    a_gaps = [b.mul(a_gap, number(i)) if kind.goes_on else number(i * (width if kind.a_is_vector else 1)) for i in range(m)]
    a_step = number((1 if kind.goes_on else m) * (width if kind.a_is_vector else 1))
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
    _not_unrolled(b.cbranch(b.icmp_signed("<", following, steps), loop, done))

    b = ir.IRBuilder(done)
    floor = None if kind.goes_on else splat(b, low, width)
    for i in range(m):
        for j in range(n):
            if floor is None:
                # Only here, not in the loop: the sum of a few products is small, and so is what rounding takes from it.
                total = b.fadd(load_vector(b, rows[i], number(j * width), vector), added[i][j])
            else:
                total = larger(b, floor, added[i][j])
            store_vector(b, rows[i], number(j * width), total)
    b.ret_void()


def _tiles(kind: Kind) -> Any:
    """Make the operation that runs the tile m x n of a kind; both may be known at run time only."""

    @intrinsic
    def run(typingctx, m, n, j, operands):
        """Compute the columns j to j + n of m rows of sums."""
        dtype = operands[Operands._fields.index("x")].dtype
        element = ELEMENTS[dtype]
        vector = ir.VectorType(element, Vector(dtype).lanes)
        p, table_p = element.as_pointer(), INT64.as_pointer()
        parameters = [p, INT64, table_p, INT64, p, INT64, p, element, p, INT64]

        def codegen(context, builder, signature, values):
            rows, columns, first, packed = values
            found = Operands(*(builder.extract_value(packed, index) for index in range(len(Operands._fields))))
            x = builder.gep(found.x, [builder.mul(first, found.x_gap)])
            y = builder.gep(found.y, [builder.mul(first, ir.Constant(INT64, vector.count))])
            arguments = found._replace(x=x, y=y)
            after = builder.append_basic_block("after")
            choice = builder.switch(builder.add(builder.mul(rows, ir.Constant(INT64, 32)), columns), after)
            for height, most in kind.sizes.items():
                for width in range(1, most + 1):
                    name = f"tile_{kind.name}_{height}x{width}_{vector_name(vector)}"
                    function = builder.module.globals.get(name)
                    if function is None:
                        function = ir.Function(builder.module, ir.FunctionType(ir.VoidType(), parameters), name)
                        function.linkage = "linkonce_odr"
                        function.attributes.add("noinline")
                        _emit(function, kind, height, width, vector)
                    block = builder.append_basic_block(name)
                    choice.add_case(ir.Constant(INT64, height * 32 + width), block)
                    with builder.goto_block(block):
                        builder.call(function, arguments)
                        builder.branch(after)
            builder.position_at_end(after)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, types.int64, operands), codegen

    return run


def covering(kind: Kind) -> tuple[Any, Any]:
    """Return `block(left)`, how many rows of the `left` ones to take next, and `cover`, which computes so many x n sums."""
    run, sizes = _tiles(kind), sorted(kind.sizes)
    most = tuple(kind.sizes.get(m, 0) for m in range(sizes[-1] + 1))
    fitting = tuple(max((m for m in sizes if m <= left), default=1) for left in range(sizes[-1] + 1))
    enough = tuple(min(m for m in sizes if m >= left) for left in range(sizes[-1] + 1))
    largest = sizes[-1]

    @njit(**HELPER)
    def block(left):
        # As few blocks as there can be, of much the same size: 10 are 6 + 4, not 8 + 2.
        blocks = (left + largest - 1) // largest
        even = enough[(left + blocks - 1) // blocks]
        return even if even <= left else fitting[min(left, largest)]

    @njit(**INLINE)
    def cover(m, n, operands):
        """Compute m x n sums with tiles of much the same width."""
        widest = most[m]
        tiles = (n + widest - 1) // widest
        width, wider = n // tiles, n % tiles
        j = 0
        for tile in range(tiles):
            columns = width + (tile < wider)
            run(m, columns, j, operands)
            j += columns

    return block, cover
