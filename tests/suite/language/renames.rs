//! Former names: what the next migration is told of columns, however many a field makes.

use rex_compiler::{Options, Sources, check};

const SCHEMA: &str = r#"
type Place { street: String  zip: String @renamed_from("plz")  geo: Geo? @renamed_from("point") }
type Geo { lat: Double @renamed_from("latitude")  lon: Double }
union Owner = User | Team
model User { id: BigInt = autoincrement() @id }
model Team { id: BigInt = autoincrement() @id }
model Seat { row: Int  number: Int  id (row, number) }
model Shop {
    id:     BigInt = autoincrement()  @id @renamed_from("shop_id")
    home:   Place                     @renamed_from("house")
    work:   Place?
    spot:   Geo
    owner:  Owner                     @renamed_from("holder")
    seat:   Seat                      @renamed_from("chair")
    clerk:  User                      @renamed_from("seller_id")
}
"#;

#[test]
fn every_column_of_a_field_remembers_what_it_was_called() {
    let mut sources = Sources::default();
    sources.add("main.rex", SCHEMA);
    let checked = check(&sources, &Options::default());
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let schema = checked.schema().expect("it is right");
    let (_, shop) = schema.models().find(|(_, model)| model.name == "Shop").expect("it is there");
    let former = |column: &rex_schema::model::Column| {
        column.renamed_from.as_ref().map(|former| format!("{former} -> {}", column.name))
    };
    let expected = [
        "shop_id -> id",
        "house_street -> home_street",
        "house_plz -> home_zip",
        "house_point_latitude -> home_geo_lat",
        "house_point_lon -> home_geo_lon",
        "work_plz -> work_zip",
        "work_point_latitude -> work_geo_lat",
        "work_point_lon -> work_geo_lon",
        "spot_latitude -> spot_lat",
        "holder_user_id -> owner_user_id",
        "holder_team_id -> owner_team_id",
        "chair_row -> seat_row",
        "chair_number -> seat_number",
        "seller_id -> clerk_id",
    ];
    assert_eq!(shop.columns.iter().filter_map(former).collect::<Vec<_>>(), expected);
}
