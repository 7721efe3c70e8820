"""Applies and calibrates Huff's model with this program and with the Python package huff on the same files, in turns.

    pip install huff
    cargo build --release
    python3 benches/huff_turns.py target/release/chalandise [origins, 1000 by default] [stores, 100 by default]

Places, markets, areas and flows are drawn with a fixed seed. Both are given the same distances, so that the totals can be compared.
Three turns each; prints the seconds of CPU of the fastest and the ratio. The program's time includes its start and the reading of
its files; that of the package is of its calls alone.
"""

import contextlib
import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy

EXPONENT, DECAY = 0.9, -2.2


def world(origins, stores, seed=1):
    """Origins with a market, stores with an area, kilometres on a sphere of 6,378 km, and flows drawn from the model."""
    draw = numpy.random.default_rng(seed)

    def places(count):
        return numpy.column_stack([draw.uniform(46.5, 48.5, count), draw.uniform(1.0, 4.0, count)])

    homes, shops = places(origins), places(stores)
    market = draw.integers(200, 5000, origins).astype(float)
    area = draw.integers(150, 4000, stores).astype(float)
    (north, east), (to_north, to_east) = numpy.radians(homes).T[:, :, None], numpy.radians(shops).T[:, None, :]
    cosine = numpy.sin(north) * numpy.sin(to_north) + numpy.cos(north) * numpy.cos(to_north) * numpy.cos(east - to_east)
    distance = 6378.0 * numpy.arccos(numpy.clip(cosine, -1.0, 1.0))
    utility = area**EXPONENT * distance**DECAY
    share = utility / utility.sum(axis=1, keepdims=True)
    flow = numpy.maximum(draw.poisson(market[:, None] * share), 0.5)
    return homes, shops, market, area, distance, flow


def write(path, header, rows):
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def ours(*words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, output


@contextlib.contextmanager
def quiet():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def theirs_matrix(folder):
    from huff.data_management import load_interaction_matrix

    return load_interaction_matrix(
        data=os.path.join(folder, "pairs.csv"),
        customer_origins_col="origin",
        supply_locations_col="store",
        attraction_col=["area"],
        transport_costs_col="distance",
        flows_col="flow",
        probabilities_col="share",
        market_size_col="market",
        data_type="csv",
        csv_sep=",",
        csv_decimal=".",
    )


def their_apply(folder):
    begun = time.process_time()
    with quiet():
        matrix = theirs_matrix(folder)
        matrix.define_weightings(
            vars_funcs={
                0: {"name": "A_j", "func": "power", "param": EXPONENT},
                1: {"name": "t_ij", "func": "power", "param": DECAY},
            }
        )
        totals = matrix.utility().probabilities().flows().marketareas().get_market_areas_df()
    seconds = time.process_time() - begun
    return seconds, {str(row["j"]): float(row["T_j"]) for _, row in totals.iterrows()}


def their_places(folder):
    """From coordinates: the package measures each pair itself."""
    from huff.data_management import load_geodata
    from huff.models import create_interaction_matrix

    begun = time.process_time()
    with quiet():
        read = {"unique_id": "id", "x_col": "lon", "y_col": "lat", "data_type": "csv", "csv_sep": ",", "csv_decimal": "."}
        homes = load_geodata(data=os.path.join(folder, "origins.csv"), location_type="origins", **read)
        homes.define_marketsize("market")
        homes.define_transportcosts_weighting(func="power", param_lambda=DECAY)
        shops = load_geodata(data=os.path.join(folder, "stores.csv"), location_type="destinations", **read)
        shops.define_attraction("area")
        shops.define_attraction_weighting(attrac_var="area", param_gamma=EXPONENT)
        matrix = create_interaction_matrix(homes, shops)
        matrix.transport_costs(network=False)
        totals = matrix.flows().marketareas().get_market_areas_df()
    seconds = time.process_time() - begun
    return seconds, {str(row["j"]): float(row["T_j"]) for _, row in totals.iterrows()}


def their_fit(folder):
    begun = time.process_time()
    with quiet():
        fitted = theirs_matrix(folder).mci_fit(cols=["A_j", "t_ij"])
    seconds = time.process_time() - begun
    coefficients = fitted.get_coefs_dict()
    return seconds, coefficients


def main():
    program = sys.argv[1]
    origins, stores = (int(word) for word in (sys.argv[2:4] + ["1000", "100"][len(sys.argv) - 2 :]))
    homes, shops, market, area, distance, flow = world(origins, stores)
    share = flow / flow.sum(axis=1, keepdims=True)
    home = [f"o{i}" for i in range(origins)]
    shop = [f"s{j}" for j in range(stores)]
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        write(path("origins.csv"), ["id", "lat", "lon", "market"], [(home[i], *homes[i], market[i]) for i in range(origins)])
        write(path("stores.csv"), ["id", "lat", "lon", "area"], [(shop[j], *shops[j], area[j]) for j in range(stores)])
        both = [(i, j) for i in range(origins) for j in range(stores)]
        write(path("distances.csv"), ["origin", "store", "distance"], [(home[i], shop[j], distance[i, j]) for i, j in both])
        write(
            path("pairs.csv"),
            ["origin", "store", "area", "distance", "flow", "share", "market"],
            [(home[i], shop[j], area[j], distance[i, j], flow[i, j], share[i, j], market[i]) for i, j in both],
        )
        apply = [program, "huff", "apply", "--origins", path("origins.csv"), "--stores", path("stores.csv"), "--market", "market"]
        apply += ["--attraction", f"area={EXPONENT}", "--decay", f"power={DECAY}", "--totals"]
        given = [*apply, "--distances", path("distances.csv")]
        fit = [program, "huff", "fit", "--pairs", path("pairs.csv"), "--origin", "origin", "--destination", "store"]
        fit += ["--flow", "flow", "--attraction", "area", "--distance", "distance", "--decay", "power", "--method"]
        kinds = [
            ("places", lambda: ours(*apply), lambda: their_places(folder)),
            ("given distances", lambda: ours(*given), lambda: their_apply(folder)),
            ("mci", lambda: ours(*fit, "mci"), lambda: their_fit(folder)),
        ]
        print(f"{origins} origins x {stores} stores")
        for name, own, other in kinds:
            turns = [(own(), other()) for _ in range(3)]
            fastest = [min(turn[which][0] for turn in turns) for which in (0, 1)]
            print(f"{name:15} ours {fastest[0]:.3f} s, huff {fastest[1]:.2f} s, ratio {fastest[1] / fastest[0]:.1f}; {agreement(*turns[0])}")
        seconds, likely = ours(*fit, "multinomial")
        print(f"multinomial likelihood, ours alone: {seconds:.3f} s, {json.loads(likely)['coefficients']}; drawn from {EXPONENT} and {DECAY}")


def agreement(own, other):
    """How far totals or coefficients are apart."""
    own, other = own[1], other[1]
    if own.startswith("{"):
        own = json.loads(own)["coefficients"].values()
        pairs = zip(own, (row["Estimate"] for row in other.values()))
        return f"coefficients {' '.join(f'{value:.6f}' for value in own)}, at most {max(abs(a - b) for a, b in pairs):.1e} apart"
    totals = {row["store"]: float(row["total"]) for row in csv.DictReader(io.StringIO(own))}
    return f"totals at most {max(abs(other[store] / total - 1) for store, total in totals.items()):.1e} apart"


main()
