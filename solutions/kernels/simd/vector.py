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
from numba.extending import intrinsic, models, register_model

from solutions.kernels.compat import get_or_insert_function
from solutions.kernels.simd.target import TARGET

INT32, INT64 = ir.IntType(32), ir.IntType(64)
ELEMENTS = {types.float32: ir.FloatType(), types.float64: ir.DoubleType(), types.int64: INT64}
"""numba's types and LLVM's."""


class Vector(types.Type):
    """The type of a SIMD vector: a register full of `dtype`."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.lanes = TARGET.vector_bytes * 8 // dtype.bitwidth
        super().__init__(name=f"Vector({dtype}, {self.lanes})")


@register_model(Vector)
class VectorModel(models.PrimitiveModel):
    """How LLVM sees it."""

    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, ir.VectorType(ELEMENTS[vector.dtype], vector.lanes))


def item_bytes(element: ir.Type) -> int:
    """Return the size of LLVM's float or double."""
    return 4 if element == ir.FloatType() else 8


def llvm_call(b: ir.IRBuilder, name: str, result: ir.Type, arguments: list[Any]) -> Any:
    """Call one of LLVM's own functions."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return b.call(get_or_insert_function(b.module, kind, name), arguments)


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


def _operation(types_of: str, emit: Callable[..., Any]) -> Any:
    """Make an intrinsic: `types_of` says what it takes and returns, `emit(builder, vector, *values)` writes its code.

    p is a pointer, i an integer, x a number, v a vector, and - nothing. Numbers and vectors have the dtype of the first
    argument; `vector` is LLVM's type of them.
    """
    takes, returns = types_of.split(" -> ")

    def typed(first: Any, *_: Any) -> Any:
        vector = Vector(first.dtype)
        kinds = {"p": first, "i": types.intp, "x": first.dtype, "v": vector, "-": types.void}

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            value = emit(builder, context.get_value_type(vector), *values)
            return context.get_dummy_value() if returns == "-" else value

        return kinds[returns](*(kinds[kind] for kind in takes.split())), codegen

    # numba looks at the parameters of what it is given, and takes no *arguments.
    fixed: list[Callable[..., Any]] = [
        lambda typingctx, a: typed(a),
        lambda typingctx, a, b: typed(a, b),
        lambda typingctx, a, b, c: typed(a, b, c),
        lambda typingctx, a, b, c, d: typed(a, b, c, d),
    ]
    return intrinsic(fixed[len(takes.split()) - 1])


@intrinsic
def pointer(typingctx, array):
    """Return the address of the first number of a C-contiguous array."""

    def codegen(context, builder, signature, values):
        return context.make_array(signature.args[0])(context, builder, values[0]).data

    return types.CPointer(array.dtype)(array), codegen


@intrinsic
def aligned(typingctx, array):
    """Return the address of the first number of a C-contiguous array from which on vectors cross no line of the cache."""
    p = types.CPointer(array.dtype)

    def codegen(context, builder, signature, values):
        first = builder.ptrtoint(context.make_array(array)(context, builder, values[0]).data, INT64)
        rounded = builder.add(first, ir.Constant(INT64, TARGET.vector_bytes - 1))
        rounded = builder.and_(rounded, ir.Constant(INT64, -TARGET.vector_bytes))
        return builder.inttoptr(rounded, context.get_value_type(p))

    return p(array), codegen


@intrinsic
def keep(typingctx, array):
    """Use an array, at no cost, so that it lives up to here."""
    return types.void(array), lambda context, builder, signature, values: context.get_dummy_value()


def _masked(b: ir.IRBuilder, what: str, result: Any, v: ir.VectorType, value: Any, p: Any, i: Any, n: Any) -> Any:
    """Load or store the first n lanes; `value` is what is stored, or what the other lanes get."""
    numbers = ir.Constant(ir.VectorType(INT32, v.count), list(range(v.count)))
    mask = b.icmp_signed("<", numbers, splat(b, b.trunc(n, INT32), v.count))
    where, align = place(b, p, i, v), ir.Constant(INT32, item_bytes(v.element))
    arguments = [where, align, mask, value] if what == "load" else [value, where, align, mask]
    return llvm_call(b, f"llvm.masked.{what}.{vector_name(v)}.p0", result, arguments)


def _largest(b: ir.IRBuilder, v: ir.VectorType, w: Any, x: Any, y: Any, z: Any) -> Any:
    unordered = b.or_(b.fcmp_unordered("uno", w, x), b.fcmp_unordered("uno", y, z))
    nan = ir.Constant(v, [ir.Constant(v.element, float("nan"))] * v.count)
    return b.select(unordered, nan, larger(b, larger(b, w, x), larger(b, y, z)))


def _sum(b: ir.IRBuilder, v: ir.VectorType, x: Any) -> Any:
    kind = ir.FunctionType(v.element, [v.element, v])
    add = get_or_insert_function(b.module, kind, f"llvm.vector.reduce.fadd.{vector_name(v)}")
    return b.call(add, [ir.Constant(v.element, -0.0), x], fastmath=("reassoc",))


at = _operation("p i -> p", lambda b, v, p, i: b.gep(p, [i]))
load = _operation("p i -> x", lambda b, v, p, i: b.load(b.gep(p, [i])))
store = _operation("p i x -> -", lambda b, v, p, i, x: b.store(x, b.gep(p, [i])))
lanes = _operation("p -> i", lambda b, v, p: ir.Constant(INT64, v.count))
vload = _operation("p i -> v", lambda b, v, p, i: load_vector(b, p, i, v))
vstore = _operation("p i v -> -", lambda b, v, p, i, x: store_vector(b, p, i, x))
# The first n lanes, and nothing else is touched; lanes that were not loaded hold 0.
vload_part = _operation("p i i -> v", lambda b, v, p, i, n: _masked(b, "load", v, v, ir.Constant(v, None), p, i, n))
vstore_part = _operation("p i v i -> -", lambda b, v, p, i, x, n: _masked(b, "store", ir.VoidType(), v, x, p, i, n))
vsplat = _operation("p x -> v", lambda b, v, p, x: splat(b, x, v.count))
vadd = _operation("v v -> v", lambda b, v, x, y: b.fadd(x, y))
vsum = _operation("v -> x", _sum)
# The largest of four, lane by lane, or NaN if one of them is.
vlargest = _operation("v v v v -> v", _largest)
# Lane by lane: the third where the first two are equal, and elsewhere the fourth.
vwhere_equal = _operation("v v v v -> v", lambda b, v, x, y, yes, no: b.select(b.fcmp_ordered("==", x, y), yes, no))


def shuffled(lanes_of: Callable[[int], list[int]]) -> Any:
    """Make an operation that takes lanes of two vectors in the order `lanes_of(L)`, numbers from 0 to 2L - 1."""

    def emit(b: ir.IRBuilder, v: ir.VectorType, x: Any, y: Any) -> Any:
        return b.shuffle_vector(x, y, ir.Constant(ir.VectorType(INT32, v.count), lanes_of(v.count)))

    return _operation("v v -> v", emit)


vevens = shuffled(lambda n: list(range(0, 2 * n, 2)))
vodds = shuffled(lambda n: list(range(1, 2 * n, 2)))
# Two vectors merged lane by lane: the first and the second half of what comes out.
vmerge_low = shuffled(lambda n: [i // 2 + n * (i % 2) for i in range(n)])
vmerge_high = shuffled(lambda n: [n // 2 + i // 2 + n * (i % 2) for i in range(n)])
