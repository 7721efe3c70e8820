### Scenarios: the form beside one, the saved ones, and what is wrong with a plan.

scenario-scenario = Scenario
scenario-its-page = Its page
scenario-partly-taken = Part of what you asked could not be applied; the results leave it out
scenario-cannot-be-computed = This scenario cannot be computed
scenario-further-faults = And further faults: { $count }

## List of changes

scenario-changes = Changes
scenario-apply = Apply
scenario-remove-all = Remove all
# On a button, and what it is called: “Retirer : Ouvrir Vertou”.
scenario-remove = remove
scenario-remove-change = Remove
scenario-edit = edit
scenario-another-place = Another commune, or point
scenario-own-fixed-cost = Fixed cost a year
scenario-own-investment = Investment
scenario-as-assumed = as assumed
# What a change does, before the name of a store.
scenario-kind-open = Open
scenario-kind-competitor = Competitor
scenario-close = Close
scenario-move = Move
scenario-resize = Resize

## Fields that add a change

scenario-add-site = Add a site
scenario-place = Commune, or point of the map
scenario-area = Area, m²
scenario-name-optional = Name (optional)
scenario-open-store = Open a store
scenario-competitor-opens = A competitor opens
scenario-change-store = Change a store
scenario-store = Store
scenario-choose = Choose
scenario-move-or-resize = Move or resize
scenario-new-place = New commune, or point
scenario-new-area = New area, m²

## Assumptions

scenario-assumptions = Assumptions
scenario-margin = Gross margin, %
scenario-web = Web effect, %
scenario-kept = Kept by the web, %
scenario-fixed-cost = Fixed cost a year
scenario-investment = Investment
scenario-first-year = First year, %
scenario-for-payback = for the payback
scenario-from-user = your assumption
scenario-from-data = from the data
scenario-by-default = no data: default
scenario-web-explained = Web effect: web revenue won in the cells for each 100 won in stores. Kept by the web: share of a closed store’s sales that stays in the web shop.
scenario-approximate-times = Approximate travel times, from the density of residents.
scenario-imported-times = Imported travel times. Assumption for a new place: approximate travel times, multiplied by { $ratio } (the median where both are known).
scenario-crow-flies = Distances as the crow flies.
scenario-compute = Compute

## Saving, and the saved ones

scenario-save = Save
scenario-name = Name of the scenario
scenario-note = Note (optional)
scenario-replace = replace a scenario of the same name
scenario-to-saved = Saved scenarios, compare
scenario-saved = Saved scenarios
scenario-none-saved = No scenario has been saved yet. Make one, give it a name and save it.
scenario-make = Make a scenario
scenario-count-changes = { $count ->
    [1] { $count } change
   *[other] { $count } changes
}
scenario-not-any-more = cannot be computed on these data any more
# On a button, and what it is called: “Supprimer : Nantes”.
scenario-delete = delete
scenario-delete-saved = Delete
scenario-compare-two = Compare two scenarios
scenario-first = First
scenario-second = Second
scenario-compare = Compare

## What a reader should know of a scenario

scenario-on-top = { $name } is { $distance } m from { $store }: they share the same customers.
scenario-no-way = No road leads to { $name }: it is too far from land, and attracts nobody.
scenario-no-area = { $name } has no sales area: it draws nobody.
scenario-unusual-area = The area of { $name } is outside what the network knows ({ $smallest } to { $largest } m²): the forecast is an extrapolation.

## The network refuses the plan

scenario-no-such-place = No commune is called “{ $name }”. Write its name, its INSEE code, or two coordinates such as 47.1683, -1.4712.
scenario-too-long = The address of this scenario would have { $bytes } bytes, more than the { $most } of a page. Split it into several, or send it as JSON to POST /api/scenario.
scenario-not-calibrated = The model has not been calibrated yet: run “chalandise build” after the import.
# $reason is technical, and in English.
scenario-no-model = The model could not be calibrated on the sales: { $reason }.
scenario-unknown-store = No store has the id “{ $store }”. Choose it in the list.
scenario-not-open = The store “{ $store }” is not open at the end of the data: it cannot be changed.
scenario-nobody-near = Nobody lives within { $distance } km of “{ $name }”: the point is in the sea or outside the market. Choose a place where people live.
scenario-no-margin = Closings are weighed in margin: the gross margin rate and the fixed costs of stores are needed (table stores). Import them, or allow no closings.
scenario-not-computed = The scenario cannot be computed: { $reason }.
scenario-no-sites = The places cannot be chosen: { $reason }.

## The notebook refuses to save

scenario-name-taken = A scenario is called “{ $name }” already. Give another name, or tick “replace”.
scenario-bad-name = The name of the scenario is missing or cannot be used. Write 1 to 120 visible characters.
scenario-bad-note = The note cannot be kept. Write a shorter text without invisible signs.
scenario-gone = This scenario is not in the notebook any more. Reload the list.
scenario-read-only = The notebook cannot be written there. Check the key “notebook” of the configuration and the rights of the folder.
scenario-busy = Another program is writing to the notebook. Try again in a moment.
scenario-no-notebook = The notebook does not answer; the server’s log says why.

## A plan that cannot be read: where, which value, what is wrong with it

# $place is one of scenario-in-…, $wrong one of scenario-wrong-….
scenario-fault = { $place }, “{ $value }”: { $wrong }
scenario-in-changes = The list of changes
scenario-in-change = Change { $number }
# $field is one of scenario-field-….
scenario-in-field = Change { $number }, { $field }
scenario-in-assumption = Assumption, { $field }
scenario-in-key = A key of the address
scenario-field-name = the name
scenario-field-latitude = the latitude
scenario-field-longitude = the longitude
scenario-field-area = the area
scenario-field-store = the store
scenario-field-format = the format
scenario-field-fixed-cost = the fixed cost
scenario-field-investment = the investment
scenario-field-margin = the gross margin
scenario-field-web = the web effect
scenario-field-kept = the share kept by the web shop
scenario-field-ramp = the first-year ramp
scenario-field-other = a field
scenario-wrong-too-many = there are more than { $most }; split the plan into several.
scenario-wrong-kind = it starts with no known kind. Write one of { $kinds }.
scenario-wrong-kind-near = it starts with no known kind; did you mean `{ $near }`? Write one of { $kinds }.
scenario-wrong-key = a plan has no such key; its keys are { $keys }.
scenario-wrong-key-near = a plan has no such key; did you mean `{ $near }`?
scenario-wrong-shape = it does not have the parts of its kind; write it as `{ $shape }`.
scenario-wrong-option = there is no such option; write one of { $options }.
scenario-wrong-missing = it is missing; fill it in.
scenario-wrong-number = it is no number; write digits with a point, such as 47.2184.
scenario-wrong-range = it is out of range; give a number from { $least } to { $most }.
scenario-wrong-empty = it is empty; give at least one letter or digit.
scenario-wrong-too-long = it has { $length } characters; give at most { $most }.
# $character is a code such as U+200B.
scenario-wrong-invisible = it has the invisible character { $character }; take it out.
scenario-wrong-twice = it is given twice; keep one.
scenario-wrong-same-name = change { $other } has this name, too; give each its own, so that results can be told apart.
scenario-wrong-contradicts = change { $other } says otherwise of this store; keep one of the two (a store may move and be resized, but each once, and not when it closes).
