import numpy as np


def pad2d(x, padding, value=0.0):
    if not isinstance(padding, tuple):
        padding = (padding, padding)
    ph, pw = padding
    if min(padding) < 0:
        raise ValueError("no negative padding")
    N, C, H, W = x.shape
    # primero las columnas, después las filas
    lado = np.full((N, C, H, pw), value, dtype=float)
    x = np.concatenate([lado, x, lado], axis=3)
    arriba = np.full((N, C, ph, W), value, dtype=float)
    abajo = np.full((N, C, ph, W), value, dtype=float)
    return np.concatenate([arriba, x, abajo], axis=2)


def output_size(size, kernel, stride=1, padding=0):
    if min(size, kernel, stride) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("does not work")
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("kernel must be odd")
    return kernel // 2
