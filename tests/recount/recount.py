"""Counts the demo's source files again, sharing no code with the importer, and compares with what the lake holds.

Usage: python3 recount.py SOURCES_FOLDER < lake.csv
where lake.csv is the output of
  chalandise query --format csv "select source, kind, count(*) as orders, sum(net_revenue) as net_revenue
                                 from orders group by source, kind"

Rules counted by hand here: exact repeats of a row count once; shop orders that were never validated are left out; the
ERP's credit notes and the shop's slips are refunds.
"""
import csv
import glob
import gzip
import os
import sys
from decimal import Decimal


def erp(folder, add):
    for path in sorted(glob.glob(os.path.join(folder, "erp", "F_DOCENTETE_*"))):
        with open(path, encoding="cp1252", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                key = row["DO_Piece"]
                kind = "refund" if row["DO_Type"] == "5" else "order"
                add("erp", kind, key, money(row["DO_TotalHT"]))


def money(text):
    return Decimal(text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".") or "0")


def rows(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, mode="rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def shop(folder, add):
    for row in rows(os.path.join(folder, "shop", "ps_orders.csv")):
        if row["valid"] != "1":
            continue
        net = Decimal(row["total_paid_tax_excl"]) - Decimal(row["total_shipping_tax_excl"])
        add("shop", "order", row["id_order"], net)
    for row in rows(os.path.join(folder, "shop", "ps_order_slip.csv")):
        add("shop", "refund", row["id_order_slip"], -Decimal(row["total_products_tax_excl"]))


def main():
    totals = {}
    keys = {}

    def add(source, kind, key, amount):
        seen = keys.setdefault((source, kind), set())
        if key in seen:
            return
        seen.add(key)
        count, total = totals.get((source, kind), (0, Decimal(0)))
        totals[(source, kind)] = (count + 1, total + amount)

    erp(sys.argv[1], add)
    shop(sys.argv[1], add)
    lake = {}
    for row in csv.DictReader(sys.stdin):
        lake[(row["source"], row["kind"])] = (int(row["orders"]), Decimal(row["net_revenue"]))
    same = True
    for key in sorted(set(totals) | set(lake)):
        counted, total = totals.get(key, (0, Decimal(0)))
        held, sum_ = lake.get(key, (0, Decimal(0)))
        difference = total - sum_
        same &= counted == held and abs(difference) < Decimal("0.005")
        print(f"{key[0]:6} {key[1]:7} files {counted:>10} rows {total:>18.2f}   lake {held:>10} rows {sum_:>18.2f}")
    print("equal, to the cent" if same else "DIFFERENT")
    sys.exit(0 if same else 1)


main()
