"""The inner loops of TV-L1: warping, a wavefront of iterations, median. Import late: needs numba.

A strip is some rows of the picture with its halo; ``state`` holds (u, v, p11, p12, p21, p22) and
``data`` (gradient x, gradient y, residual at zero flow, weight), each (rows, pitch) float32. The
columns of the picture begin at ``LEFT``: left of it the dual is zero, which saves a special case,
and each row begins on a cache line, which saves a fifth of the time. Loops write one or two arrays
each: with more, the compiler gives up proving that they do not overlap and leaves them scalar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion.compiled import compiled

Array = NDArray[np.float32]

LEFT = 16

_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)
_TWO = np.float32(2.0)
_3_2 = np.float32(1.5)
_5_2 = np.float32(2.5)


@compiled
def warp_strip(padded: Array, state: Array, warped: Array, top: int) -> None:
    """Sample the second frame where the flow points, by a Catmull-Rom cubic.

    ``padded`` is the second frame with two more pixels on each side; ``top`` is the row of the
    picture with which the strip begins.
    """
    flat = padded.ravel()
    pitch = padded.shape[1]
    x_end = np.float32(pitch - 5)
    y_end = np.float32(padded.shape[0] - 5)
    for i in range(state.shape[1]):
        out = warped[i]
        u = state[0, i, LEFT : LEFT + out.shape[0]]
        v = state[1, i, LEFT : LEFT + out.shape[0]]
        row = np.float32(top + i)
        for j in range(out.shape[0]):
            x = min(max(np.float32(j) + u[j], _ZERO), x_end)
            y = min(max(row + v[j], _ZERO), y_end)
            left, above = int(x), int(y)
            s, t = x - np.float32(left), y - np.float32(above)
            a0 = s * (s * (_ONE - _HALF * s) - _HALF)
            a1 = s * s * (_3_2 * s - _5_2) + _ONE
            a2 = s * (s * (_TWO - _3_2 * s) + _HALF)
            a3 = _HALF * s * s * (s - _ONE)
            k = (above + 1) * pitch + left + 1
            r0 = a0 * flat[k] + a1 * flat[k + 1] + a2 * flat[k + 2] + a3 * flat[k + 3]
            k += pitch
            r1 = a0 * flat[k] + a1 * flat[k + 1] + a2 * flat[k + 2] + a3 * flat[k + 3]
            k += pitch
            r2 = a0 * flat[k] + a1 * flat[k + 1] + a2 * flat[k + 2] + a3 * flat[k + 3]
            k += pitch
            r3 = a0 * flat[k] + a1 * flat[k + 1] + a2 * flat[k + 2] + a3 * flat[k + 3]
            r0 *= t * (t * (_ONE - _HALF * t) - _HALF)
            r1 *= t * t * (_3_2 * t - _5_2) + _ONE
            r2 *= t * (t * (_TWO - _3_2 * t) + _HALF)
            r3 *= _HALF * t * t * (t - _ONE)
            out[j] = r0 + r1 + r2 + r3


@compiled
def _gradient_row(warped: Array, gx: Array, gy: Array, i: int) -> None:
    """Central differences of the warped frame, one-sided at its edges.

    The exact gradient of the cubic is noisier between the pixels than on them, and pulls noise
    into the flow (ten times the false motion, measured): hence the differences.
    """
    rows, width = warped.shape
    row, up, down = warped[i], warped[max(i - 1, 0)], warped[min(i + 1, rows - 1)]
    for j in range(1, width - 1):
        gx[j] = _HALF * (row[j + 1] - row[j - 1])
    gx[0], gx[width - 1] = row[1] - row[0], row[width - 1] - row[width - 2]
    share = _ONE if i == 0 or i == rows - 1 else _HALF
    for j in range(width):
        gy[j] = share * (down[j] - up[j])


@compiled
def linearise_strip(
    first: Array, warped: Array, state: Array, data: Array, top: int, floor: np.float32
) -> None:
    """Gradient of the warped frame and what is left to explain, where the flow stays inside.

    Inside goes to the outer edge of the border pixels, half a pixel beyond their middle: else a
    border pixel that is still would be in or out by the rounding of a flow of zero.
    """
    rows, width = warped.shape
    end = LEFT + width
    x_end = np.float32(width) - _HALF
    y_end = np.float32(first.shape[0]) - _HALF
    for i in range(rows):
        u, v, gx, gy = state[0, i], state[1, i], data[0, i], data[1, i]
        u, v, gx, gy = u[LEFT:end], v[LEFT:end], gx[LEFT:end], gy[LEFT:end]
        _gradient_row(warped, gx, gy, i)
        rho, weight = data[2, i, LEFT:end], data[3, i, LEFT:end]
        row, still = warped[i], first[top + i]
        y = np.float32(top + i)
        for j in range(width):
            rho[j] = row[j] - gx[j] * u[j] - gy[j] * v[j] - still[j]
        for j in range(width):
            square = gx[j] * gx[j] + gy[j] * gy[j] + floor
            x_to, y_to = np.float32(j) + u[j], y + v[j]
            inside = (x_to >= -_HALF) & (x_to <= x_end) & (y_to >= -_HALF) & (y_to <= y_end)
            weight[j] = _ONE / square if inside else _ZERO


@compiled
def _add_step(
    flow: Array, dual: Array, gradient: Array, step: Array, i: int, theta: np.float32
) -> None:
    """One row of one component: add the step along the gradient and the divergence of the dual."""
    end = LEFT + step.shape[0]
    u, g = flow[i, LEFT:end], gradient[i, LEFT:end]
    px, left = dual[0, i, LEFT:end], dual[0, i, LEFT - 1 : end - 1]
    py = dual[1, i, LEFT:end]
    if i == 0:
        for j in range(step.shape[0]):
            u[j] += step[j] * g[j] + theta * (px[j] - left[j] + py[j])
        return
    up = dual[1, i - 1, LEFT:end]
    for j in range(step.shape[0]):
        u[j] += step[j] * g[j] + theta * (px[j] - left[j] + py[j] - up[j])


@compiled
def _update_flow(
    state: Array, data: Array, step: Array, i: int, limit: np.float32, theta: np.float32
) -> None:
    """One row: threshold the residual, then add the divergence of the dual."""
    end = LEFT + step.shape[0]
    u, v, gx, gy = state[0, i], state[1, i], data[0, i], data[1, i]
    u, v, gx, gy = u[LEFT:end], v[LEFT:end], gx[LEFT:end], gy[LEFT:end]
    rho, weight = data[2, i, LEFT:end], data[3, i, LEFT:end]
    for j in range(step.shape[0]):
        c = -(rho[j] + gx[j] * u[j] + gy[j] * v[j]) * weight[j]
        step[j] = min(max(c, -limit), limit)
    _add_step(state[0], state[2:4], data[0], step, i, theta)
    _add_step(state[1], state[4:6], data[1], step, i, theta)


@compiled
def _update_dual(flow: Array, dual: Array, i: int, width: int, rate: np.float32) -> None:
    """One row of one component: ascend along the gradient of the flow, back into the unit disc."""
    end = LEFT + width
    row, right = flow[i, LEFT:end], flow[i, LEFT + 1 : end]
    down = flow[min(i + 1, flow.shape[0] - 1), LEFT:end]
    px, py = dual[0, i, LEFT:end], dual[1, i, LEFT:end]
    for j in range(width - 1):
        x = right[j] - row[j]
        y = down[j] - row[j]
        shrink = _ONE / (_ONE + rate * np.sqrt(x * x + y * y))
        px[j] = (px[j] + rate * x) * shrink
        py[j] = (py[j] + rate * y) * shrink
    j = width - 1
    y = down[j] - row[j]
    py[j] = (py[j] + rate * y) / (_ONE + rate * abs(y))


@compiled
def relax_strip(
    state: Array,
    data: Array,
    step: Array,
    iterations: int,
    model: Array,
    cut_above: bool,
    cut_below: bool,
) -> None:
    """All iterations of one warp in one sweep: iteration k follows k rows behind iteration 0.

    So a row is fetched once and used ``iterations`` times while it is in the cache. At a cut the
    neighbouring rows belong to another strip: each iteration then ends one row further inside.
    """
    rows, width = state.shape[1], step.shape[0]
    limit, theta, rate = model[0], model[1], model[2]
    for front in range(rows + iterations):
        for k in range(iterations):
            i = front - k
            low = k + 1 if cut_above else 0
            high = rows - 2 - k if cut_below else rows - 1
            if low <= i <= high:
                _update_flow(state, data, step, i, limit, theta)
            high = rows - 3 - k if cut_below else rows - 1
            if low <= i - 1 <= high:
                _update_dual(state[0], state[2:4], i - 1, width, rate)
                _update_dual(state[1], state[4:6], i - 1, width, rate)


@compiled
def _median_row(up: Array, row: Array, down: Array, out: Array) -> None:
    """Median of 3x3 by 19 exchanges; the first and the last column are kept."""
    width = out.shape[0]
    out[0], out[width - 1] = row[0], row[width - 1]
    for j in range(1, width - 1):
        a, b, c = up[j - 1], up[j], up[j + 1]
        d, e, f = row[j - 1], row[j], row[j + 1]
        g, h, k = down[j - 1], down[j], down[j + 1]
        b, c = min(b, c), max(b, c)
        e, f = min(e, f), max(e, f)
        h, k = min(h, k), max(h, k)
        a, b = min(a, b), max(a, b)
        d, e = min(d, e), max(d, e)
        g, h = min(g, h), max(g, h)
        b, c = min(b, c), max(b, c)
        e, f = min(e, f), max(e, f)
        h, k = min(h, k), max(h, k)
        d = max(a, d)
        f = min(f, k)
        e, h = min(e, h), max(e, h)
        g = max(d, g)
        e = max(b, e)
        c = min(c, f)
        e = min(e, h)
        e, c = min(e, c), max(e, c)
        e = max(g, e)
        out[j] = min(e, c)


@compiled
def median_strip(state: Array, scratch: Array) -> None:
    """Median-filter both components of the flow; the outermost rows are kept."""
    rows, width = scratch.shape
    end = LEFT + width
    for component in range(2):
        flow = state[component]
        for i in range(1, rows - 1):
            up, row, down = flow[i - 1, LEFT:end], flow[i, LEFT:end], flow[i + 1, LEFT:end]
            _median_row(up, row, down, scratch[i])
        for i in range(1, rows - 1):
            flow[i, LEFT:end] = scratch[i]


@compiled
def advance_strip(
    first: Array,
    padded: Array,
    state: Array,
    data: Array,
    scratch: Array,
    step: Array,
    model: Array,
    iterations: int,
    top: int,
    cut_above: bool,
    cut_below: bool,
    smooth: bool,
) -> None:
    """One warp with its iterations, in one call: Python's lock is asked for only at its end.

    ``model`` holds (limit = lambda theta, theta, rate = tau / theta, floor of the gradient).
    """
    warp_strip(padded, state, scratch, top)
    linearise_strip(first, scratch, state, data, top, model[3])
    relax_strip(state, data, step, iterations, model, cut_above, cut_below)
    if smooth:
        median_strip(state, scratch)
