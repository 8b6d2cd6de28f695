"""SIMD vectors as values of numba: kernels read like Python, and LLVM keeps the vectors in the processor's registers.

`vload(p, i)` takes as many numbers from p[i] on as a register of the machine holds, 16 float32 with AVX-512 and 4 with NEON;
`lanes(p)` says how many. A pointer is all that a tile needs to know of an array, and takes one register where an array takes
eleven. It does not keep its array alive: numba frees an array of its own after the last *use*, so `keep(array)` belongs after
the last access through a pointer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel.models import PrimitiveModel
from numba.extending import intrinsic, register_model

from solutions.kernels.target import TARGET

INT32, INT64 = ir.IntType(32), ir.IntType(64)
FLOATS = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}
"""numba's types and LLVM's."""


class Vector(types.Type):
    """The type of a SIMD vector: a register full of `dtype`."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.lanes = TARGET.vector_bytes * 8 // dtype.bitwidth
        super().__init__(name=f"Vector({dtype}, {self.lanes})")


@register_model(Vector)
class VectorModel(PrimitiveModel):
    """How LLVM sees it."""

    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, ir.VectorType(FLOATS[vector.dtype], vector.lanes))


def item_bytes(element: ir.Type) -> int:
    """Return the size of LLVM's float or double."""
    return 4 if element == ir.FloatType() else 8


def llvm_call(b: ir.IRBuilder, name: str, result: ir.Type, arguments: list[Any]) -> Any:
    """Call one of LLVM's own functions."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return b.call(cgutils.get_or_insert_function(b.module, kind, name), arguments)


def vector_name(vector: ir.VectorType) -> str:
    """Return what LLVM calls the type at the end of a function's name."""
    return f"v{vector.count}f{item_bytes(vector.element) * 8}"


def place(b: ir.IRBuilder, p: Any, i: Any, vector: ir.VectorType) -> Any:
    """Return the address p + i as that of a vector."""
    return b.bitcast(b.gep(p, [i]), ir.PointerType(vector))


def load_vector(b: ir.IRBuilder, p: Any, i: Any, vector: ir.VectorType) -> Any:
    """Load from any address that a number may have."""
    value = b.load(place(b, p, i, vector))
    value.align = item_bytes(vector.element)
    return value


def store_vector(b: ir.IRBuilder, p: Any, i: Any, value: Any) -> None:
    """Store to any address that a number may have."""
    b.store(value, place(b, p, i, value.type)).align = item_bytes(value.type.element)


def splat(b: ir.IRBuilder, value: Any, lanes: int) -> Any:
    """Put a number into every lane."""
    nothing = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = b.insert_element(nothing, value, ir.Constant(INT32, 0))
    return b.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(INT32, lanes), [0] * lanes))


def multiply_add(b: ir.IRBuilder, x: Any, y: Any, z: Any) -> Any:
    """Return x*y + z, in one step where the processor has one; elsewhere LLVM would call a function for each lane."""
    return llvm_call(b, f"llvm.{'fma' if TARGET.fused else 'fmuladd'}.{vector_name(x.type)}", x.type, [x, y, z])


def larger(b: ir.IRBuilder, x: Any, y: Any) -> Any:
    """Return y where it is larger than x or NaN: one instruction of x86."""
    return b.select(b.fcmp_ordered(">", x, y), x, y)


def _first_lanes(b: ir.IRBuilder, n: Any, lanes: int) -> Any:
    """Return the mask of the lanes below n."""
    numbers = ir.Constant(ir.VectorType(INT32, lanes), list(range(lanes)))
    return b.icmp_signed("<", numbers, splat(b, b.trunc(n, INT32), lanes))


def _operation(result: Callable[..., Any], arguments: Callable[..., tuple[Any, ...]], emit: Callable[..., Any], count: int) -> Any:
    """Make an intrinsic of `count` arguments from the type of its result, the types it takes, and what emits its code.

    `emit(builder, vector, *values)` gets LLVM's type of the vectors that the first argument's dtype makes.
    """

    def typed(first: Any, *others: Any) -> Any:
        dtype = first.dtype
        vector = ir.VectorType(FLOATS[dtype], Vector(dtype).lanes) if dtype in FLOATS else None

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            value = emit(builder, vector, *values)
            return context.get_dummy_value() if signature.return_type == types.void else value

        return result(first)(*arguments(first)), codegen

    # numba counts the parameters of what it is given: it takes no *arguments.
    by_count = {
        1: lambda typingctx, a: typed(a),
        2: lambda typingctx, a, b: typed(a, b),
        3: lambda typingctx, a, b, c: typed(a, b, c),
        4: lambda typingctx, a, b, c, d: typed(a, b, c, d),
        5: lambda typingctx, a, b, c, d, e: typed(a, b, c, d, e),
    }
    return intrinsic(by_count[count])


def _number(p: Any) -> Any:
    return p.dtype


def _vector(p: Any) -> Any:
    return Vector(p.dtype)


def _same(first: Any) -> Any:
    return first


def _nothing(_: Any) -> Any:
    return types.void


@intrinsic
def pointer(typingctx, array):  # type: ignore[no-untyped-def]
    """Return the address of the first number of a C-contiguous array."""

    def codegen(context, builder, signature, values):  # type: ignore[no-untyped-def]
        return context.make_array(signature.args[0])(context, builder, values[0]).data

    return types.CPointer(array.dtype)(array), codegen


@intrinsic
def keep(typingctx, array):  # type: ignore[no-untyped-def]
    """Use an array, at no cost, so that it lives up to here."""
    return types.void(array), lambda context, builder, signature, values: context.get_dummy_value()


INT = types.intp
# One number or address.
at = _operation(_same, lambda p: (p, INT), lambda b, v, p, i: b.gep(p, [i]), 2)
load = _operation(_number, lambda p: (p, INT), lambda b, v, p, i: b.load(b.gep(p, [i])), 2)
store = _operation(_nothing, lambda p: (p, INT, p.dtype), lambda b, v, p, i, x: b.store(x, b.gep(p, [i])), 3)
lanes = _operation(lambda p: INT, lambda p: (p,), lambda b, v, p: ir.Constant(INT64, v.count), 1)
# Vectors from and to memory; of a part, the first n lanes, and nothing else is touched.
vload = _operation(_vector, lambda p: (p, INT), lambda b, v, p, i: load_vector(b, p, i, v), 2)
vstore = _operation(_nothing, lambda p: (p, INT, Vector(p.dtype)), lambda b, v, p, i, x: store_vector(b, p, i, x), 3)
vsplat = _operation(_vector, lambda p: (p, p.dtype), lambda b, v, p, x: splat(b, x, v.count), 2)
vload_part = _operation(
    _vector,
    lambda p: (p, INT, INT),
    lambda b, v, p, i, n: llvm_call(
        b,
        f"llvm.masked.load.{vector_name(v)}.p0",
        v,
        [place(b, p, i, v), ir.Constant(INT32, item_bytes(v.element)), _first_lanes(b, n, v.count), ir.Constant(v, None)],
    ),
    3,
)
vstore_part = _operation(
    _nothing,
    lambda p: (p, INT, Vector(p.dtype), INT),
    lambda b, v, p, i, x, n: llvm_call(
        b,
        f"llvm.masked.store.{vector_name(v)}.p0",
        ir.VoidType(),
        [x, place(b, p, i, v), ir.Constant(INT32, item_bytes(v.element)), _first_lanes(b, n, v.count)],
    ),
    4,
)
# Arithmetic. `vlarger` carries NaN in its second argument only; `vlargest4` in any.
vadd = _operation(_same, lambda x: (x, x), lambda b, v, x, y: b.fadd(x, y), 2)
vmul = _operation(_same, lambda x: (x, x), lambda b, v, x, y: b.fmul(x, y), 2)
vfma = _operation(_same, lambda x: (x, x, x), lambda b, v, x, y, z: multiply_add(b, x, y, z), 3)
vlarger = _operation(_same, lambda x: (x, x), lambda b, v, x, y: larger(b, x, y), 2)


def _largest_of_four(b: ir.IRBuilder, v: Any, w: Any, x: Any, y: Any, z: Any) -> Any:
    largest = larger(b, larger(b, w, x), larger(b, y, z))
    unordered = b.or_(b.fcmp_unordered("uno", w, x), b.fcmp_unordered("uno", y, z))
    return b.select(unordered, ir.Constant(v, [ir.Constant(v.element, float("nan"))] * v.count), largest)


vlargest4 = _operation(_same, lambda x: (x, x, x, x), _largest_of_four, 4)
vsum = _operation(
    _number,
    lambda x: (x,),
    lambda b, v, x: b.call(
        cgutils.get_or_insert_function(
            b.module, ir.FunctionType(v.element, [v.element, v]), f"llvm.vector.reduce.fadd.{vector_name(v)}"
        ),
        [ir.Constant(v.element, -0.0), x],
        fastmath=("reassoc",),
    ),
    1,
)
# Lane by lane: where x is larger than y, or equal to it, take the third argument and elsewhere the fourth.
vwhere_larger = _operation(
    _same, lambda x: (x, x, x, x), lambda b, v, x, y, yes, no: b.select(b.fcmp_ordered(">", x, y), yes, no), 4
)
vwhere_equal = _operation(
    _same, lambda x: (x, x, x, x), lambda b, v, x, y, yes, no: b.select(b.fcmp_ordered("==", x, y), yes, no), 4
)


def shuffled(lanes_of: Callable[[int], list[int]]) -> Any:
    """Make an operation that takes lanes of two vectors in the order `lanes_of(L)`, numbers from 0 to 2L - 1."""

    def emit(b: ir.IRBuilder, v: Any, x: Any, y: Any) -> Any:
        return b.shuffle_vector(x, y, ir.Constant(ir.VectorType(INT32, v.count), lanes_of(v.count)))

    return _operation(_same, lambda x: (x, x), emit, 2)


vevens = shuffled(lambda n: list(range(0, 2 * n, 2)))
vodds = shuffled(lambda n: list(range(1, 2 * n, 2)))
# Two vectors merged lane by lane: the first and the second half of what comes out.
vmerge_low = shuffled(lambda n: [i // 2 + n * (i % 2) for i in range(n)])
vmerge_high = shuffled(lambda n: [n // 2 + i // 2 + n * (i % 2) for i in range(n)])
