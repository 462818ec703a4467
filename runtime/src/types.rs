//! The types of columns, under names that do not depend on the crates' own.

#[cfg(feature = "decimal")]
pub use rust_decimal::Decimal;
#[cfg(feature = "json")]
pub use serde_json::Value as Json;
#[cfg(feature = "uuid")]
pub use uuid::Uuid;

macro_rules! date_and_time {
    ($module:ident $name:literal: $date:ty, $time:ty, $instant:ty, $local:ty) => {
        #[doc = concat!("Of the crate ", $name, ".")]
        #[cfg(feature = $name)]
        pub mod $module {
            /// A day.
            pub type Date = $date;
            /// A time of day.
            pub type Time = $time;
            /// An instant.
            pub type DateTime = $instant;
            /// A civil date and time.
            pub type LocalDateTime = $local;
        }

        #[doc = concat!("In the place of the crate ", $name, ".")]
        #[cfg(not(feature = $name))]
        pub mod $module {
            pub use crate::scalar::{
                Absent as Date, Absent as DateTime, Absent as LocalDateTime, Absent as Time,
            };
        }
    };
}

date_and_time!(
    chrono "chrono":
    ::chrono::NaiveDate, ::chrono::NaiveTime, ::chrono::DateTime<::chrono::Utc>, ::chrono::NaiveDateTime
);
date_and_time!(
    jiff "jiff":
    ::jiff::civil::Date, ::jiff::civil::Time, ::jiff::Timestamp, ::jiff::civil::DateTime
);
date_and_time!(
    time "time":
    ::time::Date, ::time::Time, ::time::OffsetDateTime, ::time::PrimitiveDateTime
);
