"""Times pages of a running server under filters that it was never asked for, and again under the same filters.

    chalandise --lake lake serve &
    python3 benches/pages.py http://127.0.0.1:8080 [pages a kind, 60 by default]

Filters are drawn with a fixed seed: periods of any length inside the data, sales channels, regions, views of the map.
Prints the median, the 95th percentile and the slowest of each page, in milliseconds.
"""

import gzip
import html
import random
import re
import sys
import time
import urllib.parse
import urllib.request
from datetime import date, timedelta

CHANNELS = [None, "web", "store", "post", "phone"]
LAYERS = ["revenue", "orders", "customers", "basket", "household"]


def fetch(address):
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip", "Accept-Language": "fr"})
    begun = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        milliseconds = (time.perf_counter() - begun) * 1e3
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return milliseconds, len(body), gzip.decompress(body) if packed else body


def choices(page, name):
    """The values of a drop-down list of the page, without the empty one."""
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)
    return [html.unescape(value) for value in re.findall(r'value="([^"]+)"', select.group(0))] if select else []


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    server = sys.argv[1].rstrip("/")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    draw = random.Random(20261121)
    _, _, page = fetch(server + "/")
    page = page.decode()
    regions = choices(page, "region")
    years = sorted(int(year) for year in choices(page, "period") if year.isdigit())
    first, last = date(years[0], 6, 1), date(years[-1], 10, 31)
    views = ["fr"] + [f"region:{region}" for region in regions if region] + ["47.2184,-1.5536,25", "48.85,2.35,30"]

    def filters(kind):
        begins = first + timedelta(days=draw.randrange((last - first).days - 30))
        ends = begins + timedelta(days=draw.randrange(30, 1 + (last - begins).days))
        chosen = {"period": f"{begins}..{ends}", "sales_channel": draw.choice(CHANNELS)}
        chosen["region"] = draw.choice([None, *regions])
        if kind == "/network":
            chosen["layer"] = draw.choice(LAYERS)
            chosen["view"] = draw.choice(views)
            chosen["region"] = None if chosen["view"] != "fr" else chosen["region"]
        return urllib.parse.urlencode({key: value for key, value in chosen.items() if value})

    for kind in ["/", "/network"]:
        addresses = [f"{server}{kind}?{filters(kind)}" for _ in range(count)]
        for asked in ["never asked", "asked before"]:
            times, sizes = [], []
            for address in addresses:
                milliseconds, size, _ = fetch(address)
                times.append(milliseconds)
                sizes.append(size)
            print(
                f"{kind} {asked}: median {percentile(times, 0.5):.0f} ms, p95 {percentile(times, 0.95):.0f} ms, "
                f"slowest {max(times):.0f} ms; largest answer {max(sizes) / 1024:.0f} KiB gzipped"
            )


if __name__ == "__main__":
    main()
