"""Runs the SQL lines of standard input in DuckDB over the Parquet files given as `orders`; prints milliseconds and rows."""
import sys
import time

import duckdb

connection = duckdb.connect()
connection.execute("set threads = 2")
files = ", ".join("'" + path.replace("'", "''") + "'" for path in sys.argv[1:])
connection.execute(f"create view orders as select * from read_parquet([{files}])")
for line in sys.stdin:
    begun = time.perf_counter()
    table = connection.execute(line).fetchnumpy()
    elapsed = (time.perf_counter() - begun) * 1e3
    print(f"{elapsed:.3f} {len(table['h3_cell'])}", flush=True)
