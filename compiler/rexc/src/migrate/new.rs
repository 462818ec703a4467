//! `rexc migrate new`: a migration of what has changed in the schema.

use std::thread;

use rex_build::migrations::{Entry, History, Way, canonical};
use rex_schema::Dialect;

use super::decide::{self, Question, Rename};
use super::files::{Before, Draft};
use super::folders::{self, Change};
use super::live::Live;
use super::place::Place;
use super::summary::{self, Plans};
use super::{Common, Format, adopt, clock, prove, rename};
use crate::{Console, Exit, Stop};

/// Make a migration of what has changed in the schema
///
/// The schema is compared with the one that the last migration leads to: no database is needed. What is
/// written was tried before, up and down, on SQLite in a file that is made for it, and with
/// `--database-url` on a database that is made for it on that PostgreSQL server, and dropped.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What it does, in a few words: `add_posts`
    #[arg(value_name = "NAME")]
    name: String,
    /// Make one without SQL, to be written by hand
    #[arg(long)]
    empty: bool,
}

pub(crate) fn run(arguments: &Arguments, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let name = words(&arguments.name)?;
    let place = common.places.find(&console.folder)?;
    let mut history = place.history_to_begin(console)?;
    let last = history.last().map(|entry| entry.id().to_owned());
    let id = format!("{}_{name}", clock::stamp(console.now, last.as_deref()));
    let draft = if arguments.empty {
        Draft::empty(id, &history, place.settings()?)
    } else {
        match drafted(id, &history, common, console)? {
            Some(draft) => draft,
            None => return nothing(&history, common, console),
        }
    };
    let proof = prove::draft(&draft, &mut history, common, console)?;
    if !common.dry_run {
        let made = vec![(draft.id.clone(), draft.files())];
        folders::write(&Change { made, ..Change::default() }, &history)?;
    }
    told(&draft, &proof, &history, common, console)?;
    Ok(Exit::Clean)
}

/// Words as a migration's name has them.
pub(super) fn words(name: &str) -> Result<String, Stop> {
    let mut words = String::new();
    for char in name.chars() {
        match char {
            'a'..='z' | '0'..='9' => words.push(char),
            'A'..='Z' => words.push(char.to_ascii_lowercase()),
            '_' | '-' | ' ' | '.' if !words.is_empty() && !words.ends_with('_') => words.push('_'),
            '_' | '-' | ' ' | '.' => {}
            _ => {
                return Err(Stop::Reason(format!(
                    "`{char}` cannot be in the name of a migration: write words of letters, digits and `_`, as \
                     `add_posts`"
                )));
            }
        }
    }
    match words.trim_end_matches('_') {
        "" => Err(Stop::Reason("a migration needs a name: say what it does, as `add_posts`".to_owned())),
        words => Ok(words.to_owned()),
    }
}

/// What has changed; none if nothing has.
fn drafted(
    id: String,
    history: &History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<Option<Draft>, Stop> {
    let mut allowed = common.allowed();
    let mut is_checked = false;
    loop {
        // The schema is read anew when an answer was written into it.
        let place = common.places.find(&console.folder)?;
        let settings = place.settings()?;
        let databases: Vec<Dialect> = settings.databases.iter().map(|(dialect, _)| *dialect).collect();
        let schema = thread::scope(|scope| {
            // Meanwhile, since neither needs the other. It is kept, and its faults are told below.
            scope.spawn(|| databases.iter().filter_map(|&one| history.last_for(one)).for_each(Entry::check));
            place.schema(console)
        })?;
        let before = Before::of(history, &databases, console)?;
        let ways = before.ways(&schema, &databases, &allowed);
        // What is accepted by an answer, or renamed by one, was there.
        if !std::mem::replace(&mut is_checked, true) {
            decide::check_allowed(&allowed, &decide::names(ways.iter().map(|(_, way)| way)))?;
        }
        let is_adopted = |(_, way): &(Dialect, Way)| !way.intent.adopted.is_empty();
        let live = ways.iter().any(is_adopted).then(|| at_hand(common)).flatten();
        let seen = adopt::seen(&ways, live.as_ref())?;
        let accepted: Vec<String> = allowed.iter().cloned().chain(adopt::alike(&seen)).collect();
        let named = decide::by_name(ways.iter().map(|(_, way)| way), &accepted);
        let asked_of = ways.iter().map(|(dialect, way)| (before.schema(*dialect), way));
        let questions = decide::questions(asked_of, &schema, &named).into_iter();
        let questions: Vec<Question> = questions.map(|one| adopt::told(one, &seen)).collect();
        let Some(question) = questions.first() else {
            let ways = if named == allowed { ways } else { before.ways(&schema, &databases, &named) };
            let is_empty = ways.iter().all(|(_, way)| way.is_empty());
            let known = history.last().map_or("", |last| &last.snapshot.schema);
            let text = canonical(&place.loaded()?.sources, known);
            return Ok((!is_empty).then(|| Draft::new(id, history, settings, text, ways)));
        };
        if !console.asks || common.format == Format::Json {
            return Err(undecided(&questions, common, console)?);
        }
        match asked(question, console) {
            Some(Answer::Accepted) => allowed.push(question.name.clone()),
            Some(Answer::Renamed(rename)) => renamed(rename, &place, common, console)?,
            None => {
                console.tell("nothing was written\n");
                return Err(Stop::Told(Exit::NeedsDecision));
            }
        }
    }
}

enum Answer<'q> {
    /// It is lost.
    Accepted,
    /// It is called so now.
    Renamed(&'q Rename),
}

/// Asks at the terminal; none to stop.
fn asked<'q>(question: &'q Question, console: &mut Console<'_>) -> Option<Answer<'q>> {
    let told = summary::question_alone(question, console.err.colour);
    console.tell(&told);
    let mut choices = question.help.iter().map(|help| format!("  = help: {help}\n")).collect::<String>();
    for (place, rename) in question.renames.iter().enumerate() {
        choices += &format!("  {}  it is `{}` now: write that into the schema\n", place + 1, rename.to);
    }
    let answer = console.ask(&format!("{choices}  y  that is so, go on\n  n  stop\n? "))?;
    match answer.as_str() {
        "y" | "yes" => Some(Answer::Accepted),
        answer => {
            let place = answer.parse::<usize>().ok()?.checked_sub(1)?;
            question.renames.get(place).map(Answer::Renamed)
        }
    }
}

/// Writes a former name into the schema.
fn renamed(rename: &Rename, place: &Place, common: &Common, console: &mut Console<'_>) -> Result<(), Stop> {
    let (attribute, at) = (&rename.attribute, &rename.place);
    let written = if common.dry_run { None } else { rename::write(rename, place, console)? };
    match written {
        Some(file) => {
            console.tell(&format!("wrote `{attribute}` {at}, in {file}\n"));
            Ok(())
        }
        None => {
            console.tell(&format!("write `{attribute}` {at}, and run this again\n"));
            Err(Stop::Told(Exit::NeedsDecision))
        }
    }
}

/// Says what is to be decided, where nobody is there to be asked.
fn undecided(questions: &[Question], common: &Common, console: &mut Console<'_>) -> Result<Stop, Stop> {
    if common.format == Format::Json {
        summary::json(&serde_json::json!({ "status": "needs_decision", "questions": questions }), console)?;
    }
    let colour = console.err.colour;
    let told: Vec<String> = questions.iter().map(|question| summary::question(question, colour)).collect();
    console.tell(&told.concat());
    console.tell("nothing was written\n");
    Ok(Stop::Told(Exit::NeedsDecision))
}

fn nothing(history: &History, common: &Common, console: &mut Console<'_>) -> Result<Exit, Stop> {
    if common.format == Format::Json {
        summary::json(&serde_json::json!({ "status": "nothing", "migration": null }), console)?;
    }
    let last = history.last().map_or("there is nothing in the schema".to_owned(), |entry| {
        format!("the schema is what `{}` leads to", entry.id())
    });
    console.tell(&format!("nothing to do: {last}; `--empty` makes a migration to be written by hand\n"));
    Ok(Exit::Clean)
}

/// The database that is named, if it is there: what it holds is told, and nothing is done to it.
fn at_hand(common: &Common) -> Option<Live> {
    Live::to_ask(Some(common.places.database_url.as_deref()?)).ok()
}

fn told(
    draft: &Draft,
    proof: &prove::Proof,
    history: &History,
    common: &Common,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let plans = Plans::of(draft, at_hand(common).as_ref());
    if common.format == Format::Json {
        let status = if common.dry_run { "would_create" } else { "created" };
        return summary::json(
            &serde_json::json!({
                "status": status,
                "migration": draft.id,
                "folder": format!("{}/{}", history.shown, draft.id),
                "compatible": draft.snapshot.head.compatible,
                "proved": proof.names(),
                "databases": plans,
            }),
            console,
        );
    }
    if common.dry_run {
        for (name, text) in draft.files().iter().filter(|(name, _)| name.ends_with(".sql")) {
            write!(console.out.write, "-- {name}\n\n{text}\n")?;
        }
    }
    let verb = if common.dry_run { "would create" } else { "created" };
    console.tell(&format!("{verb} {}/{}/\n{}{}\n", history.shown, draft.id, plans.text(), proof.told()));
    if draft.is_empty && !common.dry_run {
        console.tell(
            "write its SQL into the files of each database, up and down, then run `rexc migrate verify`\n",
        );
    }
    Ok(())
}
