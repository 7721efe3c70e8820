### Words that several pages share.

term-labelled = { $label } : { $value }
# The last of several values is set apart: “champions, loyal ou lost”.
term-or = { $others } ou { $last }
term-yes = oui
term-no = non
term-source = Source
term-currency = monnaie
term-lake-version = Version du lac
term-lake-number = lac v{ $number }
term-to-day = au { $day }
term-as-of-day = au { $day }
term-table = Table

## Measures

term-net-revenue = Chiffre d’affaires net
term-orders = Commandes
term-customers = Clients
term-basket = Panier moyen
term-revenue-per-household = CA par ménage

## Sales channels

term-channel-store = Magasin
term-channel-web = Web
term-channel-post = Courrier
term-channel-phone = Téléphone
