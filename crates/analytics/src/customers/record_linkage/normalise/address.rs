//! Post codes, cities and streets of France.

use super::plain;

/// A post code of five digits; one of four digits gets back the zero that a spreadsheet ate.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::postcode;
/// assert_eq!(postcode("1000").as_deref(), Some("01000"));
/// assert_eq!(postcode(" F-75 002").as_deref(), Some("75002"));
/// assert_eq!(postcode("1234567"), None);
/// ```
pub fn postcode(text: &str) -> Option<String> {
    let compact = plain(text).replace(' ', "");
    let digits = compact.strip_prefix('F').unwrap_or(&compact);
    let sound = digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.len() {
        5 if sound && digits != "00000" => Some(digits.to_owned()),
        4 if sound && digits != "0000" => Some(format!("0{digits}")),
        _ => None,
    }
}

/// A city's name without accents, CEDEX and arrondissement; `ST` and `STE` written out, `S/` as `SUR`.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::city;
/// assert_eq!(city("Paris 2e arrondissement"), "PARIS");
/// assert_eq!(city("LYON CEDEX 03"), "LYON");
/// assert_eq!(city("St-Étienne"), "SAINT ETIENNE");
/// assert_eq!(city("CHALON S/ SAONE"), "CHALON SUR SAONE");
/// ```
pub fn city(text: &str) -> String {
    let spelled = text.replace("s/", " sur ").replace("S/", " SUR ");
    let plain = plain(&spelled);
    let mut words: Vec<&str> = Vec::new();
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        if word == "CEDEX" || (!words.is_empty() && is_arrondissement(word)) {
            break;
        }
        words.push(match word {
            "ST" => "SAINT",
            "STE" => "SAINTE",
            other => other,
        });
    }
    words.join(" ")
}

/// `02`, `2E`, `3EME`, `1ER`: what stands behind the name of Paris, Lyon or Marseille.
fn is_arrondissement(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) && matches!(&word[digits..], "" | "E" | "ER" | "EME" | "EM" | "ND")
}

/// Street types and titles as the postal standard abbreviates them (NF Z10-011), with the spellings met in files.
const STREET_WORDS: [(&str, &str); 37] = [
    ("AVENUE", "AV"),
    ("AVE", "AV"),
    ("BOULEVARD", "BD"),
    ("BOUL", "BD"),
    ("BLD", "BD"),
    ("BVD", "BD"),
    ("BLVD", "BD"),
    ("CHEMIN", "CHE"),
    ("CHEM", "CHE"),
    ("CH", "CHE"),
    ("CHM", "CHE"),
    ("IMPASSE", "IMP"),
    ("ALLEE", "ALL"),
    ("ALLEES", "ALL"),
    ("ROUTE", "RTE"),
    ("PLACE", "PL"),
    ("RESIDENCE", "RES"),
    ("LOTISSEMENT", "LOT"),
    ("SQUARE", "SQ"),
    ("PASSAGE", "PAS"),
    ("FAUBOURG", "FG"),
    ("FBG", "FG"),
    ("QUARTIER", "QUA"),
    ("QU", "QUA"),
    ("HAMEAU", "HAM"),
    ("COURS", "CRS"),
    ("SAINT", "ST"),
    ("SAINTE", "STE"),
    ("GENERAL", "GAL"),
    ("GL", "GAL"),
    ("MARECHAL", "MAL"),
    ("DOCTEUR", "DR"),
    ("PROFESSEUR", "PR"),
    ("COMMANDANT", "CDT"),
    ("CAPITAINE", "CNE"),
    ("BATIMENT", "BAT"),
    ("APPARTEMENT", "APT"),
];

/// A street line without accents and punctuation, its types and titles abbreviated in one way, `12bis` as `12 BIS`.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::street;
/// assert_eq!(street("12 bis, avenue du Général Leclerc"), "12 BIS AV DU GAL LECLERC");
/// assert_eq!(street("12BIS AVE DU GAL LECLERC"), "12 BIS AV DU GAL LECLERC");
/// ```
pub fn street(text: &str) -> String {
    let plain = plain(text);
    let mut out = String::with_capacity(plain.len());
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let repeat = match &word[digits..] {
            "B" | "BIS" => "BIS",
            "T" | "TER" => "TER",
            "Q" | "QUATER" => "QUATER",
            _ => "",
        };
        if digits > 0 && !repeat.is_empty() {
            append(&mut out, &word[..digits]);
            append(&mut out, repeat);
            continue;
        }
        let short = STREET_WORDS
            .iter()
            .find(|(long, _)| *long == word)
            .map_or(word, |(_, short)| short);
        append(&mut out, short);
    }
    out
}

fn append(out: &mut String, word: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_meet() {
        for (text, expected) in [
            ("PARIS 02", "PARIS"),
            ("Marseille 13ème", "MARSEILLE"),
            ("Lyon 3", "LYON"),
            ("SAINTE-FOY-LES-LYON", "SAINTE FOY LES LYON"),
            ("STE FOY LES LYON", "SAINTE FOY LES LYON"),
            ("ROUEN CEDEX", "ROUEN"),
            ("L'Haÿ-les-Roses", "L HAY LES ROSES"),
            ("75", "75"),
            ("", ""),
        ] {
            assert_eq!(city(text), expected, "{text}");
        }
    }

    #[test]
    fn post_codes_that_are_none() {
        for text in ["", "abc", "123", "123456", "00000", "2A000", "é"] {
            assert_eq!(postcode(text), None, "{text}");
        }
    }
}
