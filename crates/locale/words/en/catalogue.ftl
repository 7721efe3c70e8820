### The catalogue of tables, queries and functions, and the page of a query.

catalogue-title = Tables, queries and functions
catalogue-about = Every number on a page comes from a query, every query from these tables.
catalogue-tables = Tables
catalogue-queries = Queries
catalogue-functions = Functions
catalogue-rows = { $count } rows
catalogue-no-rows = not in this lake

## Heads of columns

catalogue-name = Name
catalogue-type = Type
catalogue-unit = Unit
catalogue-meaning = Meaning
catalogue-column = Column
catalogue-columns = Columns
catalogue-columns-and-units = Columns (unit)
catalogue-parameters = Parameters
catalogue-query = Query
catalogue-function = Function
catalogue-optional = { $type }, optional
catalogue-may-be-missing = { $type }, may be missing

## Terms that every page uses in one sense

catalogue-terms = Terms
catalogue-net-revenue-means = What the customer paid, without VAT and shipping, after discounts and before any refund. A refund is a negative row of its own day.
catalogue-orders-mean = Rows of kind order only; a refund is not an order.
catalogue-last-year = Last year
catalogue-last-year-means = The same week days, 364 days earlier.
catalogue-like-for-like = Like for like
catalogue-like-for-like-means = Stores open in both periods.
catalogue-active-customer = Active customer
catalogue-active-customer-means = Ordered in the 12 months to the as-of date.
catalogue-new-customer = New customer
catalogue-new-customer-means = Acquired in the period (acquired_on).
catalogue-as-of-date = As-of date
catalogue-as-of-date-means = The earliest of the last days that the order sources deliver: a late source is not read as a fall.
catalogue-small-cells = Small cells
catalogue-small-cells-mean = A cell of fewer than 11 customers is hatched and carries no figure, in tooltip, table and file alike.
