### Pages in place of what could not be answered: a heading, and what to do.

error-overview = Vue d’ensemble
error-without-filters = Sans filtres
error-not-found = Cette page n’existe pas
error-not-found-do = Vérifiez l’adresse, ou repartez de la vue d’ensemble.
error-not-found-values = L’adresse se termine par l’une de ces valeurs : { $values }.
error-read-only = Cette adresse est en lecture seule
error-read-only-do = Ouvrez-la par un lien ou par le formulaire des filtres.
error-host = Ce serveur ne répond qu’à cette machine
error-host-do = Ouvrez l’adresse affichée au démarrage, en 127.0.0.1 ou localhost.
error-filter = Ce filtre est illisible
error-plan = Ce scénario ne peut pas être calculé
error-body = Ce corps n’est pas un scénario
error-too-large = Ce corps est trop long
error-too-large-do = Un scénario a au plus { $changes } changements et { $megabytes } Mio de JSON. Partagez-le en plusieurs.
error-long-address = Cette adresse est trop longue
error-long-address-do = Partagez le scénario en plusieurs, ou envoyez-le en JSON à POST /api/scenario.
error-no-orders = Le lac n’a pas encore de commande
error-no-orders-do = Importez un export avec « chalandise import », ou lancez « chalandise demo ».
error-deadline = Le calcul a pris trop de temps
error-deadline-do = Resserrez les filtres (une période plus courte, un canal) puis réessayez.
error-failed = Cette page n’a pas pu être calculée
error-failed-do = Le journal du serveur dit pourquoi ; « chalandise check » vérifie le lac et les requêtes.
