### Words that several pages share.

term-labelled = { $label }: { $value }
# The last of several values is set apart: “champions, loyal ou lost”.
term-or = { $others } or { $last }
term-yes = yes
term-no = no
term-source = Source
term-currency = currency
term-lake-version = Lake version
term-lake-number = lake v{ $number }
term-to-day = to { $day }
term-as-of-day = as of { $day }
term-table = Table

## Measures

term-net-revenue = Net revenue
term-orders = Orders
term-customers = Customers
term-basket = Average basket
term-revenue-per-household = Revenue per household

## Sales channels

term-channel-store = Store
term-channel-web = Web
term-channel-post = Post
term-channel-phone = Phone
