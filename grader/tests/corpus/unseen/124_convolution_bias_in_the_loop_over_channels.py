import numpy as np


def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("too large")
    patches = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", patches, kernel)


def conv2d(x, w, b=None, stride=1, padding=0):
    n_bilder, kanaele, hoehe, breite = x.shape
    n_filter, kanaele_w, kh, kw = w.shape
    if kanaele != kanaele_w:
        raise ValueError("Anzahl der Kanaele stimmt nicht")
    if stride < 1 or padding < 0:
        raise ValueError("stride oder padding falsch")
    if b is None:
        b = [0.0] * n_filter
    if len(b) != n_filter:
        raise ValueError("Bias hat die falsche Laenge")
    gross = np.pad(x * 1.0, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    h_neu = (gross.shape[2] - kh + 1) // stride
    b_neu = (gross.shape[3] - kw + 1) // stride
    if h_neu < 1 or b_neu < 1:
        raise ValueError("Filter zu gross")
    out = np.zeros((n_bilder, n_filter, h_neu, b_neu))
    for f in range(n_filter):
        for i in range(h_neu):
            for j in range(b_neu):
                for c in range(kanaele):
                    fenster = gross[:, c, i * stride:i * stride + kh, j * stride:j * stride + kw]
                    out[:, f, i, j] += (fenster * w[f, c]).sum(axis=(1, 2)) + b[f]
    return out
