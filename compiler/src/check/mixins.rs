//! What `with` takes in. A mixin's fields are read once, where they stand, and are copied to each
//! model, so that the passes after this one see a model's fields alone.

use std::collections::{HashMap, HashSet};

use rex_grammar::ast::BlockKind;

use super::draft::{self, Declared, FieldDraft, ModelDraft, Shape};
use super::{Cx, ModelIx, statements};
use crate::diagnostic::declarations;
use crate::source::Place;

/// Takes the fields of mixins into models.
pub(super) fn take_in(cx: &mut Cx<'_>) {
    let mut taken: Vec<Vec<Taken>> = (0..cx.models.len()).map(|block| named(cx, block)).collect();
    cut_cycles(cx, &mut taken);
    let is_mixin = |cx: &Cx<'_>, block: &ModelIx| !cx.models[*block].has_rows();
    let (mixins, models): (Vec<ModelIx>, Vec<ModelIx>) =
        (0..cx.models.len()).filter(|&block| !taken[block].is_empty()).partition(|block| is_mixin(cx, block));
    for block in mixins.into_iter().chain(models) {
        let order = in_order(&taken, block, cx.makeable);
        let weight: usize = order.iter().map(|one| weight(&cx.models[one.mixin])).sum();
        if !cx.may_make(weight, taken[block][0].place) {
            cx.models[block].broken = true;
            continue;
        }
        find_clashes(cx, block, &order);
        if cx.models[block].has_rows() {
            take_into(cx, block, &order);
        }
    }
}

/// What a mixin is copied for: its fields, and its statements.
fn weight(mixin: &ModelDraft<'_>) -> usize {
    let statements = statements::of_block(mixin).map(|statement| draft::weight(statement.ast.span, true));
    let is_value = |field: &FieldDraft<'_>| matches!(field.shape, Shape::Scalar { .. });
    let fields = mixin.fields.iter().map(|field| draft::weight(field.ast.span, !is_value(field)));
    statements.chain(fields).sum::<usize>().max(1)
}

/// A mixin, and where `with` names it.
#[derive(Clone, Copy)]
struct Taken {
    mixin: ModelIx,
    place: Place,
}

/// The mixins that a block names itself; faults are told.
fn named(cx: &mut Cx<'_>, block: ModelIx) -> Vec<Taken> {
    let draft = &cx.models[block];
    let (ast, file) = (draft.ast, draft.file);
    let mut taken: Vec<Taken> = Vec::new();
    if let Some(first) = ast.with.first()
        && !matches!(ast.kind, BlockKind::Model | BlockKind::View | BlockKind::Mixin)
    {
        let place = Place { file, span: first.span };
        cx.report(declarations::takes_no_mixin(place, ast.kind.keyword(), &ast.name.text));
        return taken;
    }
    let mut before = ast.name.span;
    for name in &ast.with {
        let whole = Place { file, span: before.after().to(name.span) };
        before = name.span;
        let place = Place { file, span: name.span };
        match cx.declared.get(name.text.as_str()).copied() {
            Some(Declared::Mixin(mixin)) => match taken.iter().find(|other| other.mixin == mixin) {
                Some(first) => cx.report(declarations::mixin_twice(place, &name.text, first.place, whole)),
                None => taken.push(Taken { mixin, place }),
            },
            found => {
                let known = mixin_names(cx);
                let declared = found.and_then(|found| cx.declaration(found));
                cx.report(declarations::no_mixin(place, &name.text, declared, known));
                cx.models[block].broken = true;
            }
        }
    }
    for one in &taken {
        cx.models[one.mixin].used = true;
    }
    taken
}

fn mixin_names<'a>(cx: &mut Cx<'a>) -> Vec<&'a str> {
    if !cx.may_suggest(cx.declared.len()) {
        return Vec::new();
    }
    let declared = cx.declared.iter().filter(|(_, declared)| matches!(declared, Declared::Mixin(_)));
    let mut names: Vec<&str> = declared.map(|(name, _)| *name).collect();
    names.sort_unstable();
    names
}

/// Mixins that take in each other: each circle is told once, and cut where it closes.
fn cut_cycles(cx: &mut Cx<'_>, taken: &mut [Vec<Taken>]) {
    let mut state = vec![State::New; taken.len()];
    for start in 0..taken.len() {
        // The open blocks, each with how many of its mixins were followed.
        let mut path: Vec<(ModelIx, usize)> = Vec::new();
        if state[start] == State::New {
            state[start] = State::Open;
            path.push((start, 0));
        }
        while let Some((block, at)) = path.last_mut() {
            let Some(&Taken { mixin, place }) = taken[*block].get(*at) else {
                state[*block] = State::Done;
                path.pop();
                continue;
            };
            *at += 1;
            match state[mixin] {
                State::Done => {}
                State::New => {
                    state[mixin] = State::Open;
                    path.push((mixin, 0));
                }
                State::Open => {
                    let (block, at) = (*block, *at - 1);
                    let from = path.iter().position(|&(on, _)| on == mixin).unwrap_or(0);
                    let names: Vec<&str> = path[from..].iter().map(|&(on, _)| cx.models[on].name()).collect();
                    let diagnostic = declarations::mixin_cycle(place, &names);
                    cx.report(diagnostic);
                    taken[block].remove(at);
                    path.last_mut().expect("it is open").1 = at;
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// All mixins of a block, each once: a mixin, then those that it takes in, then the next. Each
/// with the place in the block's own `with` that leads to it. Stops behind the first beyond `most`.
fn in_order(taken: &[Vec<Taken>], block: ModelIx, most: usize) -> Vec<Taken> {
    let mut order = Vec::new();
    let mut seen: HashSet<ModelIx> = HashSet::new();
    let mut next: Vec<Taken> = taken[block].iter().rev().copied().collect();
    while let Some(one) = next.pop() {
        if !seen.insert(one.mixin) {
            continue;
        }
        order.push(one);
        if order.len() > most {
            break;
        }
        next.extend(taken[one.mixin].iter().rev().map(|inner| Taken { mixin: inner.mixin, ..one }));
    }
    order
}

/// Fields of one name, told at the `with` that brings the second. Two that come with one mixin were
/// told there.
fn find_clashes(cx: &mut Cx<'_>, block: ModelIx, order: &[Taken]) {
    let mut seen: HashMap<&str, (Place, Taken)> = HashMap::new();
    let mut found = Vec::new();
    let own = Taken { mixin: block, place: cx.models[block].place() };
    for one in std::iter::once(&own).chain(order) {
        for field in cx.models[one.mixin].fields.iter().filter(|field| field.mixin.is_none()) {
            match seen.get(field.name()) {
                Some(&(first, owner)) => {
                    if owner.place != one.place {
                        let names = [cx.models[one.mixin].name(), cx.models[owner.mixin].name()];
                        let places = [field.place(), first];
                        found.push(declarations::mixin_clash(one.place, field.name(), names, places));
                    }
                }
                None => drop(seen.insert(field.name(), (field.place(), *one))),
            }
        }
    }
    cx.diagnostics.extend(found);
}

/// Copies the fields. Of two of one name the first stays.
fn take_into(cx: &mut Cx<'_>, model: ModelIx, order: &[Taken]) {
    for one in order {
        let (fields, broken) = (cx.models[one.mixin].fields.clone(), cx.models[one.mixin].broken);
        let draft = &mut cx.models[model];
        draft.broken |= broken;
        for mut field in fields {
            if draft.find(field.name()).is_none() {
                field.mixin = Some(one.mixin);
                draft.by_name.insert(field.name(), draft.fields.len());
                draft.fields.push(field);
            }
        }
    }
    cx.models[model].mixins = order.iter().map(|one| one.mixin).collect();
}
