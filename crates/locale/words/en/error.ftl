### Pages in place of what could not be answered: a heading, and what to do.

error-overview = Overview
error-without-filters = Without filters
error-not-found = There is no such page
error-not-found-do = Check the address, or start again from the overview.
error-not-found-values = The address ends with one of these values: { $values }.
error-read-only = This address can only be read
error-read-only-do = Open it by a link or by the filter form.
error-host = This server answers this machine only
error-host-do = Open the address printed at the start, with 127.0.0.1 or localhost.
error-filter = This filter cannot be read
error-plan = This scenario cannot be computed
error-body = This body is not a scenario
error-too-large = This body is too long
error-too-large-do = A scenario has at most { $changes } changes and { $megabytes } MiB of JSON. Split it into several.
error-long-address = This address is too long
error-long-address-do = Split the scenario into several, or send it as JSON to POST /api/scenario.
error-no-orders = The lake has no order yet
error-no-orders-do = Import an export with “chalandise import”, or run “chalandise demo”.
error-deadline = The computation took too long
error-deadline-do = Narrow the filters (a shorter period, one channel) and try again.
error-failed = This page could not be computed
error-failed-do = The server’s log says why; “chalandise check” verifies the lake and the queries.
