# /// script
# requires-python = ">=3.11"
# dependencies = ["marimo", "purenn"]
# ///
"""A place to play: one neuron under your hand, and a small network that learns a spiral, step by step.

Open it: marimo edit examples/playground.py (or marimo run). In the browser, on lists, without a server:
marimo export html-wasm examples/playground.py -o FOLDER. As a program it checks what it claims:
python examples/playground.py
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="purenn: a place to play")

with app.setup:
    import math

    import marimo as mo

    import purenn as pn
    import purenn.functional as F
    from purenn.drawing import draw
    from purenn.explain import explain

    GATES = {
        "relu": (F.relu_forward, F.relu_backward),
        "sigmoid": (F.sigmoid_forward, F.sigmoid_backward),
        "tanh": (F.tanh_forward, F.tanh_backward),
    }
    SEED = {"x0": 1.0, "w0": -3.0, "x1": -2.0, "w1": -1.0, "x2": 3.0, "w2": 2.0, "b": 1.0}
    STEPS = 100
    BLUE, ORANGE, INK = "#0b5fa5", "#b3480a", "#57606a"


@app.cell(hide_code=True)
def _():
    mo.md("""
    # A place to play

    在这里拖动滑块：上半部分是一个神经元，每条线上方是数值，下方是梯度，链式法则逐项写出；
    下半部分是一个小网络，一步一步地学会分开两条螺旋线，前向与反向都画出来。

    ## One neuron

    Move an input, a weight or the bias. Above each wire stands its value, below it the gradient of `y` by it.
    """)
    return


@app.function
def neuron(values, gate):
    """What happens in a neuron of three inputs in which every product is a node."""
    products = {f"x{i}w{i}": ("multiply", f"x{i}", f"w{i}") for i in range(3)}
    nodes = {**products, "z": (pn.add, *products, "b"), "y": (gate, "z")}
    model = pn.graph(tuple(values), nodes)
    return explain(model, model.init(key=0), values)


@app.function
def shown(picture, place):
    """A picture that shrinks to the page, as far as it can be read."""
    style = f"<style>#{place} svg {{ max-width: max(100%, 75em); height: auto }}</style>"
    return mo.Html(f'<div id="{place}" style="overflow-x: auto">{style}{picture.svg}</div>')


@app.cell(hide_code=True)
def _():
    sliders = mo.ui.dictionary(
        {
            name: mo.ui.slider(-4, 4, step=0.5, value=value, label=name, show_value=True)
            for name, value in SEED.items()
        }
    )
    gate = mo.ui.radio(list(GATES), value="relu", label="activation", inline=True)
    _pairs = [[sliders[f"x{i}"], sliders[f"w{i}"]] for i in range(3)]
    mo.vstack([*(mo.hstack(pair, justify="start") for pair in [*_pairs, [sliders["b"]]]), gate])
    return gate, sliders


@app.cell(hide_code=True)
def _(gate, sliders):
    values = {name: float(value) for name, value in sliders.value.items()}
    found = neuron(values, gate.value)
    shown(draw(found, level="scalar", theme=mo.app_meta().theme, digits=4), "neuron")
    return found, values


@app.cell(hide_code=True)
def _(found):
    _rules = "\n".join(found.chain_rule[name] for name in SEED)
    mo.md(f"The chain rule, with the numbers in it (`L` is `y`):\n\n```text\n{_rules}\n```")
    return


@app.cell
def _(found, gate, values):
    # The same neuron by hand: two pairs forward, two pairs backward.
    _x, _w = ([values[f"{name}{i}"] for i in range(3)] for name in "xw")
    _forward, _backward = GATES[gate.value]
    _z, _affine_cache = F.affine_forward(_x, _w, values["b"])
    _y, _gate_cache = _forward(_z)
    _dz = _backward(1.0, _gate_cache).x
    by_hand = F.affine_backward(_dz, _affine_cache)

    assert math.isclose(found.wires["y"].value, _y, rel_tol=1e-12, abs_tol=1e-12)
    for _i in range(3):
        assert math.isclose(found.wires[f"x{_i}"].grad, by_hand.x[_i], rel_tol=1e-12, abs_tol=1e-12)
        assert math.isclose(found.wires[f"w{_i}"].grad, by_hand.w[_i], rel_tol=1e-12, abs_tol=1e-12)
    assert math.isclose(found.wires["b"].grad, by_hand.b, rel_tol=1e-12, abs_tol=1e-12)
    if (values, gate.value) == (SEED, "relu"):
        assert (_z, _y, by_hand) == (6.0, 6.0, ([-3.0, -1.0, 2.0], [1.0, -2.0, 3.0], 1.0))
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## A network learns a spiral

    Two arms, thirty points each; two numbers in, eight hidden units, two scores out. Training is a fold, so
    each step is a value, and the slider goes back as easily as on.
    """)
    return


@app.function
def spiral(points=30):
    """Points on two arms of one turn each, and which arm each is on.

    Those of the second lie between those of the first. Were they mirror images, the gradients of the biases
    would be 0 but for rounding, Adam would make full steps of them, and two backends would soon part.
    """
    x, y = [], []
    for arm in range(2):
        for i in range(points):
            radius = 0.15 + 0.85 * (i + arm / 2) / points
            angle = 2 * math.pi * (radius + arm / 2)
            x.append([radius * math.cos(angle), radius * math.sin(angle)])
            y.append(arm)
    return x, y


@app.function
def training(model, backend, key):
    """The params before each step and after the last, as lists."""
    x, y = pn.convert(spiral(), backend)
    start = model.init(key, xp=backend)
    states = pn.train(
        model, pn.softmax_cross_entropy, pn.adam(0.1), x, y,
        batch_size=len(spiral()[1]), epochs=STEPS, key=key, params=start,
    )  # fmt: skip
    return [pn.convert(params, "lists") for params in [start, *(state.params for state in states)]]


@app.function
def map_of(model, params, cells=36):
    """The plane as the network sees it, as SVG: the surer it is, the fuller the colour."""
    size = 360 / cells
    middles = [-1.2 + 2.4 * (i + 0.5) / cells for i in range(cells)]
    scores, _ = model.forward(params, [[a, -b] for b in middles for a in middles])
    sure = [F.softmax_forward(pair)[0][1] for pair in scores]
    squares = [
        f'<rect x="{i % cells * size:g}" y="{i // cells * size:g}" width="{size:g}" height="{size:g}" '
        f'fill="{ORANGE if p > 0.5 else BLUE}" opacity="{0.7 * abs(2 * p - 1):.2f}"/>'
        for i, p in enumerate(sure)
    ]
    marks = []
    for (a, b), arm in zip(*spiral(), strict=True):
        left, top = 360 * (a + 1.2) / 2.4, 360 * (1.2 - b) / 2.4
        marks.append(
            f'<rect x="{left - 4:.1f}" y="{top - 4:.1f}" width="8" height="8" fill="{ORANGE}" stroke="#fff"/>'
            if arm
            else f'<circle cx="{left:.1f}" cy="{top:.1f}" r="4.5" fill="{BLUE}" stroke="#fff"/>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="360" viewBox="0 0 360 360" role="img">'
        '<title>Which arm the network sees in each place</title><rect width="360" height="360" fill="#fff"/>'
        f'<g shape-rendering="crispEdges">{"".join(squares)}</g>{"".join(marks)}</svg>'
    )


@app.function
def curve_of(losses, step):
    """The losses so far, as SVG."""
    top = max(losses)
    wide = 300 / (len(losses) - 1)
    spots = [(40 + wide * i, 170 - 150 * loss / top) for i, loss in enumerate(losses[: step + 1])]
    path = " ".join(f"{left:.1f},{high:.1f}" for left, high in spots)
    left, high = spots[-1]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="200" viewBox="0 0 360 200" role="img">'
        '<title>The loss at each step</title><rect width="360" height="200" fill="#fff"/>'
        f'<path d="M40 15V170H350" fill="none" stroke="{INK}"/>'
        f'<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="2"/>'
        f'<circle cx="{left:.1f}" cy="{high:.1f}" r="4" fill="{BLUE}"/>'
        f'<g font-family="sans-serif" font-size="12" fill="{INK}"><text x="4" y="24">{top:.2f}</text>'
        f'<text x="26" y="174">0</text>'
        f'<text x="40" y="190">step {step}: loss {losses[step]:.4f}</text></g></svg>'
    )


@app.cell(hide_code=True)
def _():
    backends = ["lists"]
    try:
        pn.get_backend("numpy")
        backends.append("numpy")
    except pn.errors.BackendError:
        pass  # as in the browser
    backend = mo.ui.radio(backends, value="lists", label="backend", inline=True)
    key = mo.ui.slider(0, 9, label="key", show_value=True)
    step = mo.ui.slider(0, STEPS, label="step", show_value=True, full_width=True)
    mo.vstack([mo.hstack([backend, key], justify="start"), step])
    return backend, backends, key, step


@app.cell
def _(backend, key):
    model = pn.chain(pn.affine(2, 8), pn.tanh, pn.affine(8, 2))
    params_of = training(model, backend.value, key.value)
    run = pn.loss_and_grads(model, pn.softmax_cross_entropy)
    losses = [run(params, *spiral()).loss for params in params_of]
    assert losses[-1] < losses[0] / 4
    return losses, model, params_of, run


@app.cell(hide_code=True)
def _(losses, model, params_of, step):
    params = params_of[step.value]
    right = pn.accuracy(model.forward(params, spiral()[0])[0], spiral()[1])
    _text = mo.md(f"**{right:.0%}** of the points are on their side: circles are blue, squares are orange.")
    _curve = mo.Html(f'<div id="curve">{curve_of(losses, step.value)}</div>')
    mo.hstack(
        [mo.Html(f'<div id="map">{map_of(model, params)}</div>'), mo.vstack([_curve, _text])], justify="start"
    )
    return (params,)


@app.cell(hide_code=True)
def _(losses, model, params, step):
    seen = explain(model, params, *spiral(), pn.softmax_cross_entropy)
    assert seen.wires["L"].value == losses[step.value]
    mo.vstack(
        [
            mo.md("Forward and backward of this step: shape and norm of each array, its gradient below."),
            shown(draw(seen, theme=mo.app_meta().theme, digits=4), "pass"),
        ]
    )
    return


@app.cell
def _(backend, backends, key, losses, model, params_of, run):
    # From the same key the other backend learns the same; and it does learn.
    for _name in set(backends) - {backend.value}:
        _other = [run(params, *spiral()).loss for params in training(model, _name, key.value)]
        assert all(math.isclose(a, b, rel_tol=1e-12) for a, b in zip(losses, _other, strict=True))
    if key.value == 0:
        assert pn.accuracy(model.forward(params_of[-1], spiral()[0])[0], spiral()[1]) == 1.0
        assert losses[-1] < 0.1
    return


if __name__ == "__main__":
    app.run()
    print("the neuron, its gradients and the spiral are as they should be")
