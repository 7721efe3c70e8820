### The catalogue of tables, queries and functions, and the page of a query.

catalogue-title = Tables, requêtes et fonctions
catalogue-about = Chaque nombre d’une page vient d’une requête, chaque requête de ces tables. Les textes techniques sont en anglais.
catalogue-tables = Tables
catalogue-queries = Requêtes
catalogue-functions = Fonctions
catalogue-rows = { $count } lignes
catalogue-no-rows = absente de ce lac

## Heads of columns

catalogue-name = Nom
catalogue-type = Type
catalogue-unit = Unité
catalogue-meaning = Sens
catalogue-column = Colonne
catalogue-columns = Colonnes
catalogue-columns-and-units = Colonnes (unité)
catalogue-parameters = Paramètres
catalogue-query = Requête
catalogue-function = Fonction
catalogue-optional = { $type }, facultatif
catalogue-may-be-missing = { $type }, peut manquer

## Terms that every page uses in one sense

catalogue-terms = Termes
catalogue-net-revenue-means = Ce que le client a payé, sans TVA ni port, après remises et avant remboursement. Un remboursement est une ligne négative à son propre jour.
catalogue-orders-mean = Les lignes de nature « order » seulement ; un remboursement n’est pas une commande.
catalogue-last-year = An passé
catalogue-last-year-means = Les mêmes jours de semaine, 364 jours plus tôt.
catalogue-like-for-like = À périmètre constant
catalogue-like-for-like-means = Les magasins ouverts pendant les deux périodes.
catalogue-active-customer = Client actif
catalogue-active-customer-means = A commandé dans les 12 mois avant la date des données.
catalogue-new-customer = Nouveau client
catalogue-new-customer-means = Acquis dans la période (acquired_on).
catalogue-as-of-date = Date des données
catalogue-as-of-date-means = Le plus ancien des derniers jours que livrent les sources de commandes : une source en retard ne se lit pas comme une baisse.
catalogue-small-cells = Petites cellules
catalogue-small-cells-mean = Une cellule de moins de 11 clients est hachurée et ne porte aucun chiffre, ni en bulle, ni en table, ni en fichier.
