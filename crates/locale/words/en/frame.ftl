### What stands round every page.

frame-skip = Skip to content
frame-pages = Pages
frame-definitions = Definitions
frame-language = Language
frame-theme = Theme
frame-light = Light
frame-dark = Dark
frame-to-form = To the form
# $command is “chalandise build”.
frame-models-follow = The models on this page are still to come: they take a minute or two, then reload the page. If nothing is running, run { $command }.
frame-models-older = The models on this page are older than the last import: their figures stop at { $day } (lake v{ $version }); sales go up to { $today }. To bring them up to date, run { $command }.

## Footer

frame-generated = Retailer and figures generated for demonstration: no real customer.
# $time is frame-written-at.
frame-written = written on { $time }
frame-written-at = { $day } at { $time } UTC
frame-data-to = data to { $day }
