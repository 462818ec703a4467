//! The rows of `fixtures/sakila`, in a database of their own.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rex_orm::Result;

use crate::fixtures::sakila::{
    Db, FilmId, LanguageId, NewActor, NewAddress, NewCategory, NewCity, NewCountry, NewCredit, NewCustomer,
    NewFilm, NewInventory, NewLanguage, NewPayment, NewRental, NewStaff, NewStore, Rating, RentalId,
};
use crate::support::postgres;

/// Runs a check in a store of its own, on each database.
pub(super) async fn in_every_store(name: &str, check: impl AsyncFn(&Db) -> Result<()>) {
    let database = postgres::server().database(&format!("sakila_{name}"));
    for url in ["sqlite::memory:", &database.url()] {
        let outcome = async { check(&store(url).await?).await }.await;
        outcome.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    }
}

/// The values of a line, one after the other.
struct Line<'a>(std::str::Split<'a, char>);

impl<'a> Line<'a> {
    fn maybe(&mut self) -> Option<&'a str> {
        self.0.next().filter(|value| *value != "\\N")
    }

    fn text(&mut self) -> &'a str {
        self.maybe().expect("the value is there")
    }

    fn parsed<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.maybe().map(|value| value.parse().unwrap_or_else(|_| panic!("{value:?} is none of that type")))
    }

    fn number<T: std::str::FromStr>(&mut self) -> T {
        self.parsed().expect("the number is there")
    }

    fn time(&mut self) -> Option<DateTime<Utc>> {
        let parsed = |value| NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S%.f").expect("a time");
        self.maybe().map(|value| parsed(value).and_utc())
    }
}

/// The lines of a file of `fixtures/sakila`.
macro_rules! lines {
    ($file:literal) => {
        include_str!(concat!("../../../fixtures/sakila/", $file, ".tsv"))
            .lines()
            .map(|line| Line(line.split('\t')))
    };
}

async fn store(url: &str) -> Result<Db> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    films(&db).await?;
    people(&db).await?;
    rentals(&db).await?;
    Ok(db)
}

async fn films(db: &Db) -> Result<()> {
    db.language().copy_in(lines!("languages").map(|mut l| NewLanguage::new(l.text()))).await?;
    db.category().copy_in(lines!("categories").map(|mut l| NewCategory::new(l.text()))).await?;
    db.actor().copy_in(lines!("actors").map(|mut l| NewActor::new(l.text(), l.text()))).await?;
    db.film().copy_in(lines!("films").map(film)).await?;
    let credits = lines!("credits").map(|mut line| {
        let mut new = NewCredit::new(line.number::<i64>(), line.number::<i64>());
        new.place = line.parsed();
        new
    });
    db.credit().copy_in(credits).await?;
    let mut categories: Vec<Vec<i64>> = vec![Vec::new(); 17];
    for mut line in lines!("film_categories") {
        let film = line.number();
        categories[line.number::<usize>()].push(film);
    }
    for (category, films) in (0i64..).zip(categories).filter(|(_, films)| !films.is_empty()) {
        db.category().films(category).add(films).await?;
    }
    Ok(())
}

fn film(mut line: Line<'_>) -> NewFilm {
    let rating = |text: &str| match text {
        "G" => Rating::G,
        "PG" => Rating::Pg,
        "PG-13" => Rating::Pg13,
        "R" => Rating::R,
        _ => Rating::Nc17,
    };
    NewFilm {
        id: None,
        title: line.text().to_owned(),
        description: line.maybe().map(str::to_owned),
        released: line.parsed(),
        language_id: LanguageId(line.number()),
        original_id: line.parsed().map(LanguageId),
        days: line.parsed(),
        rate: line.parsed(),
        length: line.parsed(),
        replacement: line.parsed(),
        rating: line.maybe().map(rating),
        features: serde_json::from_str(line.text()).expect("a list"),
        facts: line.maybe().map(|facts| serde_json::from_str(facts).expect("JSON")),
        remake_of_id: line.parsed().map(FilmId),
    }
}

async fn people(db: &Db) -> Result<()> {
    db.country().copy_in(lines!("countries").map(|mut l| NewCountry::new(l.text()))).await?;
    db.city().copy_in(lines!("cities").map(|mut l| NewCity::new(l.text(), l.number::<i64>()))).await?;
    let addresses = lines!("addresses").map(|mut line| {
        let (street, district) = (line.text(), line.maybe());
        let (district, city) = (district.map(str::to_owned), line.number::<i64>());
        NewAddress { district, postcode: line.maybe().map(str::to_owned), ..NewAddress::new(street, city) }
    });
    db.address().copy_in(addresses).await?;
    db.store().copy_in(lines!("stores").map(|mut l| NewStore::new(l.number::<i64>()))).await?;
    let staff = lines!("staff").map(|mut line| {
        let (first, last, email) = (line.text(), line.text(), line.maybe().map(str::to_owned));
        NewStaff { email, ..NewStaff::new(first, last, line.number::<i64>()) }
    });
    db.staff().copy_in(staff).await?;
    let customers = lines!("customers").map(|mut line| {
        let (store, first, last) = (line.number::<i64>(), line.text(), line.text());
        let (email, address) = (line.maybe().map(str::to_owned), line.number::<i64>());
        let (active, created) = (Some(line.text() == "t"), line.number::<NaiveDate>());
        NewCustomer { email, active, ..NewCustomer::new(store, first, last, address, created) }
    });
    db.customer().copy_in(customers).await?;
    Ok(())
}

async fn rentals(db: &Db) -> Result<()> {
    let copies = lines!("inventory").map(|mut l| NewInventory::new(l.number::<i64>(), l.number::<i64>()));
    db.inventory().copy_in(copies).await?;
    let rentals = lines!("rentals").map(|mut line| {
        let (at, copy, customer) = (line.time().expect("a time"), line.number::<i64>(), line.number::<i64>());
        let returned_at = line.time();
        NewRental { returned_at, ..NewRental::new(at, copy, customer, line.number::<i64>()) }
    });
    db.rental().copy_in(rentals).await?;
    let payments = lines!("payments").map(|mut line| {
        let (customer, staff) = (line.number::<i64>(), line.number::<i64>());
        let rental_id = line.parsed().map(RentalId);
        let (amount, at) = (line.number::<rust_decimal::Decimal>(), line.time().expect("a time"));
        NewPayment { rental_id, ..NewPayment::new(customer, staff, amount, at, line.number::<i64>()) }
    });
    db.payment().copy_in(payments).await?;
    Ok(())
}
