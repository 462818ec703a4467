//! What a connection keeps by the text of a statement.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::words::Words;

/// Beyond so many texts made at run time, all of them are forgotten: a program has far fewer shapes
/// of queries, unless it makes them up as it goes.
const MOST: usize = 500;

/// A list of what is kept, and where in it which text is.
pub(super) struct Texts<S> {
    places: HashMap<Box<str>, usize, BuildHasherDefault<Words>>,
    kept: Vec<S>,
    /// Where what is kept for a text is, by the number of the text, if it has one.
    numbered: Vec<u16>,
}

/// It is not known where.
const UNKNOWN: u16 = u16::MAX;

impl<S> Default for Texts<S> {
    fn default() -> Self {
        Texts { places: HashMap::default(), kept: Vec::new(), numbered: Vec::new() }
    }
}

impl<S> Texts<S> {
    /// The place of what is kept for a text. A text that has a number is looked up once.
    pub(super) fn find(&mut self, text: &str, number: Option<u32>) -> Option<usize> {
        let Some(number) = number.map(|number| number as usize) else {
            return self.places.get(text).copied();
        };
        match self.numbered.get(number) {
            None | Some(&UNKNOWN) => {
                let place = self.places.get(text).copied()?;
                if self.numbered.len() <= number {
                    self.numbered.resize(number + 1, UNKNOWN);
                }
                self.numbered[number] = u16::try_from(place).unwrap_or(UNKNOWN);
                Some(place)
            }
            Some(place) => Some((*place).into()),
        }
    }

    /// What is kept at a place that [`find`](Self::find) or [`keep`](Self::keep) told, if nothing was
    /// forgotten since.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut S> {
        self.kept.get_mut(place)
    }

    /// Keeps something for a text, in the place of what was kept for it; answers with its place.
    pub(super) fn keep(&mut self, text: &str, thing: S) -> usize {
        if let Some(place) = self.find(text, None) {
            self.kept[place] = thing;
            return place;
        }
        if self.kept.len() >= MOST {
            self.places.clear();
            self.kept.clear();
            self.numbered.clear();
        }
        let place = self.kept.len();
        self.places.insert(text.into(), place);
        self.kept.push(thing);
        place
    }

    #[cfg(feature = "postgres")]
    /// Forgets what is kept for a text.
    pub(super) fn forget(&mut self, text: &str) {
        let Some(place) = self.places.remove(text) else { return };
        self.kept.swap_remove(place);
        self.numbered.clear();
        let last = self.kept.len();
        if let Some(moved) = self.places.values_mut().find(|other| **other == last) {
            *moved = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: usize) -> String {
        format!("SELECT \"id\" FROM \"items\" WHERE \"id\" IN ({})", "$1, ".repeat(number))
    }

    fn found(texts: &mut Texts<usize>, number: usize) -> Option<usize> {
        let (text, id) = (text(number), u32::try_from(number).ok());
        let place = texts.find(&text, None);
        // Once it is looked up, and once it is known.
        assert_eq!([texts.find(&text, id), texts.find(&text, id)], [place; 2]);
        texts.at(place?).copied()
    }

    #[test]
    fn what_is_kept_is_found_until_it_is_forgotten() {
        let mut texts = Texts::default();
        for number in 0..MOST {
            texts.keep(&text(number), number);
        }
        texts.keep(&text(7), 1_000);
        texts.forget(&text(3));
        texts.forget(&text(3));
        texts.forget(&text(MOST - 1));
        for number in 0..MOST {
            let expected = match number {
                3 => None,
                7 => Some(1_000),
                last if last == MOST - 1 => None,
                other => Some(other),
            };
            assert_eq!(found(&mut texts, number), expected, "{number}");
        }
    }

    #[test]
    fn beyond_the_most_all_are_forgotten() {
        let mut texts = Texts::default();
        for number in 0..=MOST {
            texts.keep(&text(number), number);
        }
        assert_eq!(found(&mut texts, 0), None);
        assert_eq!(found(&mut texts, MOST), Some(MOST));
    }
}
