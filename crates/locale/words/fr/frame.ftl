### What stands round every page.

frame-skip = Aller au contenu
frame-pages = Pages
frame-definitions = Définitions
frame-language = Langue
frame-theme = Thème
frame-light = Clair
frame-dark = Sombre
frame-to-form = Vers le formulaire
# $command is “chalandise build”.
frame-models-follow = Les modèles de cette page suivent : leur calcul dure une minute ou deux, rechargez ensuite la page. Si rien ne calcule, lancez { $command }.
frame-models-older = Les modèles de cette page datent d’avant le dernier import : leurs chiffres s’arrêtent au { $day } (lac v{ $version }) ; les ventes vont jusqu’au { $today }. Pour les mettre à jour, lancez { $command }.

## Footer

frame-generated = Enseigne et chiffres générés pour la démonstration : aucun client réel.
# $time is frame-written-at.
frame-written = écrite le { $time }
frame-written-at = { $day } à { $time } UTC
frame-data-to = données au { $day }
