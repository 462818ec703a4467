//! A schema of any size, of the kind that an application has: no field is there to be easy or
//! hard.

use std::fmt::Write;

use rex_compiler::Sources;

/// Models that stand in one file.
const IN_A_FILE: usize = 20;

/// First words of a model's name.
const AREAS: [&str; 25] = [
    "Billing",
    "Booking",
    "Catalog",
    "Clinic",
    "Course",
    "Delivery",
    "Fleet",
    "Garden",
    "Hotel",
    "Invoice",
    "Kitchen",
    "Library",
    "Market",
    "Media",
    "Museum",
    "Office",
    "Parcel",
    "Payroll",
    "Project",
    "Rental",
    "School",
    "Station",
    "Theatre",
    "Travel",
    "Warehouse",
];

/// Second words; four times as many as a file has models, so that no two files are alike.
const THINGS: [&str; 40] = [
    "Account", "Address", "Asset", "Batch", "Branch", "Budget", "Category", "Channel", "Claim", "Contact",
    "Contract", "Coupon", "Device", "Document", "Entry", "Event", "Facility", "Group", "Holiday", "Item",
    "Journey", "Label", "Lease", "Location", "Message", "Note", "Offer", "Order", "Page", "Partner",
    "Permit", "Policy", "Receipt", "Report", "Request", "Schedule", "Task", "Ticket", "Vendor", "Visit",
];

/// Names beyond these get a number.
const NAMES: usize = AREAS.len() * THINGS.len();

/// A schema of so many models, each with 12 columns and 2 relations: to the next model, and the
/// list of the previous model's rows that lead here.
pub(super) fn schema(models: usize) -> Sources {
    let mut sources = Sources::default();
    for first in (0..models).step_by(IN_A_FILE) {
        let number = first / IN_A_FILE;
        let mut text = format!("//! Part {number}.\n\n");
        writeln!(text, "/// How far it is.\nenum State{number} {{ draft, open, waiting, closed }}\n")
            .expect("a text can be written to");
        for place in first..models.min(first + IN_A_FILE) {
            text.push_str(&model(place, models, number));
        }
        sources.add(format!("schema/part_{number:03}.rex"), text);
    }
    sources
}

fn model(place: usize, models: usize, file: usize) -> String {
    let (name, next, previous) =
        (name(place), name((place + 1) % models), name((place + models - 1) % models));
    // All models lead to one another in a ring, of which one link may be missing: else there could
    // be no first row, and a deletion would go round.
    let (optional, action) = if place + 1 == models { ("?", "set_null") } else { ("", "cascade") };
    format!(
        "model {name} {{
    id:          BigInt = autoincrement()  @id
    name:        String(80)
    code:        String(20)                @unique
    email:       String(255)
    state:       State{file} = draft
    quantity:    Int = 0
    price:       Decimal(12, 2)?
    weight:      Double?
    is_active:   Bool = true
    notes:       String?
    created_at:  DateTime = now()
    due_at:      DateTime?
    next:        {next}{optional}          @on_delete({action})
    previous:    [{previous}]              @inverse(next)
}}

"
    )
}

fn name(place: usize) -> String {
    // 40 things of one area first, as the parts of an application are.
    let (area, thing) = (AREAS[place / THINGS.len() % AREAS.len()], THINGS[place % THINGS.len()]);
    match place / NAMES {
        0 => format!("{area}{thing}"),
        round => format!("{area}{thing}{round}"),
    }
}
