#!/bin/sh
# What each law of the demo does to BG/NBD: the demo made with one law more each time, fitted each time, as rows of a table.
# docs/customer-value.md explains its figures. Usage: sh scripts/laws.sh FOLDER [CUSTOMERS]; some 10 minutes at the demo's size.
set -eu
cd "$(dirname "$0")/.."
folder="${1:?a folder for the sources and lakes, which may be large}"
customers="${2:-230000}"
mkdir -p "$folder"
if [ -z "${CHALANDISE:-}" ]; then
    cargo build --quiet
    CHALANDISE="${CARGO_TARGET_DIR:-target}/debug/chalandise"
fi
# The window of the demo: its first day, a year before its end, its last day; as days since 1970-01-01.
begin=19662 year_ago=20392 end=20757

# The purchase days of each customer as the models count them, and the day on which each was won, buyers of the window or not.
export_days() {
    "$CHALANDISE" --lake "$folder/lake" query --format csv "
        with refunded as (
            select refunded_order_id, sum(net_revenue) as net_revenue from orders where kind = 'refund' group by 1
        )
        select orders.customer_id, cast(orders.ordered_on as integer) as on_day
        from orders
        left join refunded on refunded.refunded_order_id = orders.order_id
        where orders.kind = 'order' and orders.customer_id is not null
            and orders.net_revenue + coalesce(refunded.net_revenue, 0) > 0
        group by 1, 2" | tail -n +2 > "$folder/days.csv"
    "$CHALANDISE" --lake "$folder/lake" query --format csv "
        select customer_id, cast(acquired_on as integer) as won from customers where acquired_on is not null" |
        tail -n +2 > "$folder/won.csv"
}

# Histories on day $1 of the customers won on day $2 or later: x, t_x, T and the purchase days of the year after it.
histories() {
    awk -F, -v until="$1" -v from="$2" '
        NR == FNR { if (!($1 in won) || $2 < won[$1]) won[$1] = $2; next }
        seen[$1, $2]++ { next }
        $2 > until { later[$1]++; next }
        { n[$1]++ }
        !($1 in first) || $2 < first[$1] { first[$1] = $2 }
        !($1 in last) || $2 > last[$1] { last[$1] = $2 }
        END {
            print "x,t_x,T,later"
            for (c in n) if ((c in won ? won[c] : first[c]) >= from)
                print n[c] - 1 "," last[c] - first[c] "," until - first[c] "," later[c] + 0
        }' "$folder/won.csv" "$folder/days.csv" > "$folder/$3"
}

# Fits the histories in $1, or takes the parameters in $2 for what a fit would print.
fitted() {
    if [ -n "$2" ]; then
        echo "{\"parameters\":$2}" > "$folder/fit.json"
    else
        "$CHALANDISE" fit bg-nbd --rfm "$folder/$1" > "$folder/fit.json"
    fi
}

# The parameters in the JSON that `fit` prints, and one of them.
parameters() {
    sed -n 's/.*"parameters":\({[^}]*}\).*/\1/p' "$folder/fit.json"
}
value() {
    parameters | sed -n "s/.*\"$1\":\([0-9.e-]*\).*/\1/p"
}

# Mean P(alive) and expected purchases in 365 days by the parameters in $1 of the histories in $2.
predicted() {
    "$CHALANDISE" predict bg-nbd --parameters "$1" --rfm "$folder/$2" --t 365 |
        awk -F, 'NR > 1 { p += $1; e += $2; n++ } END { printf "%.3f %.3f", p / n, e / n }'
}

# One row of the customers won on day $2 or later: the fit on all days (or the parameters in $3), its forecast of the next year, and
# the forecast of the last year against what happened.
row() {
    histories "$year_ago" "$2" then.csv
    histories "$end" "$2" now.csv
    fitted then.csv "${3:-}"
    forecast=$(predicted "$(parameters)" then.csv)
    happened=$(awk -F, 'NR > 1 { s += $4; n++ } END { printf "%.3f", s / n }' "$folder/then.csv")
    fitted now.csv "${3:-}"
    known=$(($(wc -l < "$folder/now.csv") - 1))
    next=$(predicted "$(parameters)" now.csv)
    awk -v name="$1" -v n="$known" -v r="$(value r)" -v alpha="$(value alpha)" -v a="$(value a)" -v b="$(value b)" \
        -v next_year="$next" -v last_year="$forecast" -v happened="$happened" 'BEGIN {
            split(next_year, on, " "); split(last_year, past, " ")
            printf "| %s | %d | %.3f | %.2f | %.3f | %.2f | %.3f | %.2f | %+.1f %% |\n", name, n, r, alpha / 7, a, b, on[1], on[2],
                100 * (past[2] / happened - 1)
        }'
}

# The demo of the laws $1 as a lake, and its purchase days.
make() {
    rm -rf "$folder/sources" "$folder/lake"
    "$CHALANDISE" generate --only "$1" --customers "$customers" --out "$folder/sources" 2> "$folder/log"
    for source in stores:stores sage100:erp prestashop:shop; do
        "$CHALANDISE" --lake "$folder/lake" import --mapping "${source%%:*}" "$folder/sources/${source##*:}"/*.csv > "$folder/log" 2>&1
    done
    export_days
}

# The same days under persons instead of accounts, by the truth about identities.
join_accounts() {
    for file in days won; do
        gzip -dc "$folder/sources/truth_identities.csv.gz" | awk -F, -v OFS=, '
            NR == FNR { person[$1 ":" $2] = $3; next }
            { $1 = $1 in person ? person[$1] : $1; print }' - "$folder/$file.csv" > "$folder/joined.csv"
        mv "$folder/joined.csv" "$folder/$file.csv"
    done
}

echo '| laws | customers | r | alpha, weeks | a | b | P(alive) | orders next year | last year forecast against what happened |'
echo '|---|---|---|---|---|---|---|---|---|'
laws=purchasing
make "$laws"
row "purchasing alone, by truth.json" 0 '{"r":1.1,"alpha":84,"a":1.2,"b":5.5}'
row "purchasing alone" 0
for law in history same-day seasonality stores,store-choice sales-channel mailings dirt; do
    laws="$laws,$law"
    make "$laws"
    row "and $law" 0
done
row "all, without customers older than the files" "$begin"
join_accounts
row "all, accounts of a person joined" 0
row "both" "$begin"
make purchasing,same-day,seasonality,stores,store-choice,sales-channel,mailings,dirt
join_accounts
row "all but history, accounts of a person joined" 0
make purchasing,same-day,seasonality,stores,store-choice,sales-channel,dirt
join_accounts
row "the same without mailings" 0
