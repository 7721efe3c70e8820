"""Fits BG/NBD with this program and with the Python package lifetimes on the same rows, in one run.

    pip install lifetimes
    cargo build --release
    python3 benches/bg_nbd_turns.py target/release/chalandise [customers, 100000 by default]

Rows are simulated with a fixed seed: times in days over three years. Prints seconds of CPU, the parameters of both and the ratio.
The program's time includes its start and the reading of the csv file; that of lifetimes is the call of fit alone.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy


def simulate(customers, seed=1):
    """Customers of a BG/NBD world: x, t_x, T in whole days."""
    draw = numpy.random.default_rng(seed)
    rate = draw.gamma(0.6, 1 / 120.0, customers)
    leaves = draw.beta(0.8, 2.5, customers)
    observed = numpy.ceil(1096 * (1 - draw.random(customers) / 3))
    x = numpy.zeros(customers, dtype=int)
    t_x = numpy.zeros(customers)
    for customer in range(customers):
        now = 0.0
        while True:
            now += draw.exponential(1 / rate[customer])
            if now > observed[customer]:
                break
            x[customer] += 1
            t_x[customer] = now
            if draw.random() < leaves[customer]:
                break
    t_x = numpy.where(x > 0, numpy.maximum(numpy.ceil(t_x), 1), 0)
    return numpy.minimum(x, t_x.astype(int)), t_x, observed


def ours(program, path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run([program, "fit", "bg-nbd", "--rfm", path], capture_output=True, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, json.loads(output.stdout)["parameters"]


def theirs(x, t_x, t):
    from lifetimes import BetaGeoFitter

    # Its optimiser is sensitive to scale: weeks, as its own documentation has them.
    begun = time.process_time()
    fitted = BetaGeoFitter().fit(x, t_x / 7, t / 7)
    seconds = time.process_time() - begun
    r, alpha, a, b = (float(fitted.params_[name]) for name in ("r", "alpha", "a", "b"))
    return seconds, {"r": r, "alpha": alpha * 7, "a": a, "b": b}


def main():
    program = sys.argv[1]
    customers = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    x, t_x, t = simulate(customers)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.csv")
        with open(path, "w") as out:
            out.write("x,t_x,T\n")
            out.writelines(f"{a},{b:.0f},{c:.0f}\n" for a, b, c in zip(x, t_x, t))
        pairs = [(ours(program, path), theirs(x, t_x, t)) for _ in range(3)]
    own, other = min(pair[0][0] for pair in pairs), min(pair[1][0] for pair in pairs)
    print(f"{customers} customers")
    print(f"ours       {own:.2f} s  {pairs[0][0][1]}")
    print(f"lifetimes  {other:.2f} s  {pairs[0][1][1]}")
    print(f"ratio      {other / own:.1f}")


main()
