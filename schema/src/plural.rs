//! The plural and the singular of English words, for the names that Rex makes.
//!
//! The rules are those of the npm package `pluralize`, as patterns of endings: the regular
//! expressions that they are written in there take a build script longer to compile than all the
//! rest of a schema.

/// Endings, how many of their letters are cut, and what is put there instead.
type Rule = (&'static [&'static str], usize, &'static str);

/// Words whose plural follows no rule.
const IRREGULAR: &[(&str, &str)] = &[
    ("anathema", "anathemata"),
    ("axe", "axes"),
    ("canvas", "canvases"),
    ("carve", "carves"),
    ("die", "dice"),
    ("dingo", "dingoes"),
    ("dogma", "dogmata"),
    ("eave", "eaves"),
    ("echo", "echoes"),
    ("foot", "feet"),
    ("genus", "genera"),
    ("goose", "geese"),
    ("groove", "grooves"),
    ("human", "humans"),
    ("lemma", "lemmata"),
    ("looey", "looies"),
    ("ox", "oxen"),
    ("passerby", "passersby"),
    ("pickaxe", "pickaxes"),
    ("proof", "proofs"),
    ("quiz", "quizzes"),
    ("schema", "schemata"),
    ("stigma", "stigmata"),
    ("stoma", "stomata"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("tornado", "tornadoes"),
    ("torpedo", "torpedoes"),
    ("valve", "valves"),
    ("viscus", "viscera"),
    ("volcano", "volcanoes"),
    ("yes", "yeses"),
];

/// Words that are their own plural.
#[rustfmt::skip]
const UNCOUNTABLE: &[&str] = &[
    "adulthood", "advice", "agenda", "aid", "aircraft", "alcohol", "ammo", "analytics", "anime",
    "athletics", "audio", "bison", "blood", "bream", "buffalo", "butter", "carp", "cash", "chassis",
    "chess", "clothing", "cod", "commerce", "cooperation", "corps", "debris", "diabetes", "digestion",
    "elk", "energy", "equipment", "excretion", "expertise", "firmware", "flounder", "fun", "gallows",
    "garbage", "graffiti", "hardware", "headquarters", "health", "herpes", "highjinks", "homework",
    "housework", "information", "jeans", "justice", "kudos", "labour", "literature", "machinery",
    "mackerel", "mail", "manga", "media", "mews", "moose", "mud", "music", "news", "only", "personnel",
    "pike", "plankton", "pliers", "police", "pollution", "premises", "rain", "research", "rice", "salmon",
    "scissors", "series", "sewage", "shambles", "shrimp", "software", "staff", "swine", "tennis",
    "traffic", "transportation", "trout", "tuna", "wealth", "welfare", "whiting", "wildebeest",
    "wildlife", "you",
];

/// Endings of words that are their own plural.
const UNCOUNTABLE_ENDINGS: &[&str] =
    &["[^aeiou]ese", "deer", "fish", "measles", "ois", "ous", "pokemon", "pox", "sheep"];

/// The first that fits decides; what none fits gets an `s`.
#[rustfmt::skip]
const PLURALS: &[Rule] = &[
    (&["man", "men"], 2, "en"),
    (&["child"], 0, "ren"),
    (&["eaux", "people", "children"], 0, ""),
    (&["person"], 4, "ople"),
    (&["^mouse", "^louse", "^titmouse"], 4, "ice"),
    (&["^mice", "^lice", "^titmice"], 0, ""),
    (&["matrix", "matrex", "codix", "codex", "murix", "murex", "silix", "silex", "vertix", "vertex",
       "indix", "index", "appendix", "appendex"], 2, "ices"),
    (&["x", "ch", "ss", "sh", "zz"], 0, "es"),
    (&["[^ch][ieo][ln]ey"], 2, "ies"),
    (&["[^aeiouy]y", "quy"], 1, "ies"),
    (&["knife", "wife", "life"], 2, "ves"),
    (&["arf", "lf", "eaf", "eof", "oaf", "hoof"], 1, "ves"),
    (&["sis"], 2, "es"),
    (&["aphelion", "hyperbaton", "perihelion", "asyndeton", "noumenon", "phenomenon", "criterion",
       "organon", "prolegomenon", "hedron", "automaton"], 2, "a"),
    (&["aphelia", "hyperbata", "perihelia", "asyndeta", "noumena", "phenomena", "criteria", "organa",
       "prolegomena", "hedra", "automata", "addenda", "millennia", "data", "extrema", "bacteria",
       "desiderata", "strata", "candelabra", "errata", "ova", "symposia", "curricula", "quora"], 0, ""),
    (&["agendum", "addendum", "millennium", "datum", "extremum", "bacterium", "desideratum", "stratum",
       "candelabrum", "erratum", "ovum", "symposium", "curriculum", "automatum", "quorum"], 2, "a"),
    (&["hero", "ato", "gro"], 0, "es"),
    (&["seraph", "cherub"], 0, "im"),
    (&["seraphim", "cherubim", "alumnae", "algae", "vertebrae"], 0, ""),
    (&["alumna", "alga", "vertebra"], 0, "e"),
    (&["alumnus", "syllabus", "virus", "radius", "nucleus", "fungus", "cactus", "stimulus", "terminus",
       "bacillus", "focus", "uterus", "locus", "stratus"], 2, "i"),
    (&["alumni", "syllabi", "viri", "radii", "nuclei", "fungi", "cacti", "stimuli", "termini", "bacilli",
       "foci", "uteri", "loci", "strati"], 0, ""),
    (&["[^l]ias", "[aeiou]las", "[ejzr]as", "[iu]am"], 0, ""),
    (&["emus", "enus"], 0, ""),
    (&["alias", "[^aou]us", "t[lm]as", "gas", "ris"], 0, "es"),
    (&["axis", "testis"], 2, "es"),
    (&["s"], 0, ""),
];

/// The first that fits decides; what none fits is a singular already.
#[rustfmt::skip]
const SINGULARS: &[Rule] = &[
    (&["men"], 2, "an"),
    (&["eaux"], 1, ""),
    (&["children"], 3, ""),
    (&["people"], 4, "rson"),
    (&["matrices", "appendices"], 3, "x"),
    (&["codices", "murices", "silices", "vertices", "indices"], 4, "ex"),
    (&["alumnae", "algae", "vertebrae"], 1, ""),
    (&["aphelia", "hyperbata", "perihelia", "asyndeta", "noumena", "phenomena", "criteria", "organa",
       "prolegomena", "hedra", "automata"], 1, "on"),
    (&["agenda", "addenda", "millennia", "data", "extrema", "bacteria", "desiderata", "strata",
       "candelabra", "errata", "ova", "symposia", "curricula", "quora"], 1, "um"),
    (&["alumni", "syllabi", "viri", "radii", "nuclei", "fungi", "cacti", "stimuli", "termini", "bacilli",
       "foci", "uteri", "loci", "strati"], 1, "us"),
    (&["testis", "testes"], 2, "is"),
    (&["movies", "twelves", "abuses", "emus", "enus"], 1, ""),
    (&["analyses", "diagnoses", "parentheses", "prognoses", "synopses", "theses", "emphases", "crises",
       "neses"], 2, "is"),
    (&["analysis", "diagnosis", "parenthesis", "prognosis", "synopsis", "thesis", "emphasis", "crisis",
       "nesis"], 0, ""),
    (&["xes", "ches", "sses", "shes", "zzes", "ttoes", "goes", "choes", "aliases", "[^aou]uses", "tlases",
       "tmases", "gases", "heroes", "atoes", "groes", "[aeiou]rises"], 2, ""),
    (&["ss", "alias", "[^aou]us", "t[lm]as", "gas", "[aeiou]ris"], 0, ""),
    (&["seraphim", "cherubim"], 2, ""),
    (&["^mice", "^lice", "^titmice"], 3, "ouse"),
    (&["^monies", "^smilies"], 3, "ey"),
    (&["^lies", "^ties", "^neckties", "^crossties", "^hogties", "^aunties", "^collies", "^faeries",
       "^foodies", "^genies", "^goonies", "^groupies", "^hippies", "^junkies", "^veggies", "^pies",
       "^porkpies", "^charlies", "^calories", "^cuties", "dgies", "ssies", "oisies", "lkies", "okies",
       "wnies", "mbies", "thies", "chies", "ecies", "oalies", "isies", "ckies", "ixies", "sseries",
       "tsies", "wbies"], 1, ""),
    (&["ies"], 3, "y"),
    (&["arves", "wolves", "[ae]lves", "[eo][ao]ves"], 3, "f"),
    (&["wives", "knives", "afterlives", "halflives", "highlives", "lowlives", "midlives", "nonlives",
       "nightlives", "^lives"], 3, "fe"),
    (&["s"], 1, ""),
];

/// The plural of a word, or of the last of several that are joined by `_`, in lower case. What is a
/// plural already stays one.
pub fn plural(words: &str) -> String {
    of_the_last(words, |word| match IRREGULAR.iter().find(|(one, many)| *one == word || *many == word) {
        Some((_, many)) => (*many).to_owned(),
        None if is_uncountable(word) => word.to_owned(),
        None => apply(PLURALS, word).unwrap_or_else(|| format!("{word}s")),
    })
}

/// The singular of a word, or of the last of several that are joined by `_`, in lower case. What is
/// a singular already stays one.
pub fn singular(words: &str) -> String {
    of_the_last(words, |word| match IRREGULAR.iter().find(|(one, many)| *one == word || *many == word) {
        Some((one, _)) => (*one).to_owned(),
        None if is_uncountable(word) => word.to_owned(),
        None => apply(SINGULARS, word).unwrap_or_else(|| word.to_owned()),
    })
}

fn of_the_last(words: &str, change: impl Fn(&str) -> String) -> String {
    match words.rsplit_once('_') {
        Some((head, last)) => format!("{head}_{}", change(last)),
        None => change(words),
    }
}

fn is_uncountable(word: &str) -> bool {
    UNCOUNTABLE.contains(&word) || UNCOUNTABLE_ENDINGS.iter().any(|ending| fits(word, ending))
}

fn apply(rules: &[Rule], word: &str) -> Option<String> {
    let (_, cut, add) = rules.iter().find(|(endings, ..)| endings.iter().any(|ending| fits(word, ending)))?;
    let kept: String = word.chars().take(word.chars().count() - cut).collect();
    Some(kept + add)
}

/// Whether a word ends as a pattern says: letters, `[abc]` for one of these, `[^abc]` for one of
/// the others; behind `^` it is the whole word.
fn fits(word: &str, pattern: &str) -> bool {
    // Most patterns are out at once by their last letter.
    let last = pattern.as_bytes().last();
    if last != word.as_bytes().last() && last != Some(&b']') {
        return false;
    }
    if let Some(whole) = pattern.strip_prefix('^') {
        return word == whole;
    }
    let mut letters = word.chars().rev();
    let mut rest = pattern;
    while let Some(last) = rest.chars().next_back() {
        let Some(letter) = letters.next() else { return false };
        let (before, fits) = match rest.rfind('[').filter(|_| last == ']') {
            Some(open) => (&rest[..open], is_in_class(letter, &rest[open + 1..rest.len() - 1])),
            None => (&rest[..rest.len() - last.len_utf8()], letter == last),
        };
        if !fits {
            return false;
        }
        rest = before;
    }
    true
}

fn is_in_class(letter: char, class: &str) -> bool {
    match class.strip_prefix('^') {
        Some(others) => !others.contains(letter),
        None => class.contains(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_their_plurals() {
        for (one, many) in [
            ("user", "users"),
            ("category", "categories"),
            ("day", "days"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("match", "matches"),
            ("person", "people"),
            ("child", "children"),
            ("woman", "women"),
            ("index", "indices"),
            ("criterion", "criteria"),
            ("datum", "data"),
            ("analysis", "analyses"),
            ("status", "statuses"),
            ("leaf", "leaves"),
            ("life", "lives"),
            ("hero", "heroes"),
            ("photo", "photos"),
            ("mouse", "mice"),
            ("movie", "movies"),
            ("cookie", "cookies"),
            ("news", "news"),
            ("fish", "fish"),
            ("series", "series"),
            ("quiz", "quizzes"),
            ("blog_post", "blog_posts"),
            ("sales_person", "sales_people"),
            ("_", "_s"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(plural(many), many, "a plural stays one");
            if one != "_" {
                assert_eq!(singular(many), one);
                assert_eq!(singular(one), one, "a singular stays one");
            }
        }
    }

    #[test]
    fn patterns_fit_endings() {
        assert!(fits("money", "[^ch][ieo][ln]ey") && !fits("honey", "[^ch][ieo][ln]ey"));
        assert!(!fits("oney", "[^ch][ieo][ln]ey"), "a class is a letter");
        assert!(fits("mice", "^mice") && !fits("dormice", "^mice"));
        assert!(!fits("", "s"));
    }
}
