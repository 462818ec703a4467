//! Queries whose rows are put together.

use rust_decimal::Decimal;

use super::on_every_shop;
use super::shop::{money, plain};

#[tokio::test]
async fn rows_of_both() {
    on_every_shop("union_both", async |db| {
        let artists = || db.artist().find().select(|a| a.name);
        let employees = || db.employee().find().select(|e| e.name);
        let all = artists().union_all(employees()).nested().order(|name| name.asc()).await?;
        let sql = "SELECT name FROM artists UNION ALL SELECT name FROM employees ORDER BY name";
        assert_eq!(all, plain::<String>(db, sql).await?);
        let tracks = || db.track().find().select(|t| (t.name, t.price));
        assert_eq!(tracks().union(tracks()).count().await?, 8, "two are called the same, at another price");
        assert_eq!(tracks().union_all(tracks()).count().await?, 16);
        let dear = || db.track().find().filter(|t| t.price.gt(money(100))).select(|t| (t.name, t.price));
        assert_eq!(tracks().intersect(dear()).count().await?, 3);
        assert_eq!(tracks().except(dear()).count().await?, 5);
        Ok(())
    })
    .await;
}

/// From left to right, whatever the database takes first; and each part with its own order and limit.
#[tokio::test]
async fn several_with_limits_of_their_own() {
    on_every_shop("union_several", async |db| {
        let longest = || db.track().find().order(|t| t.millis.desc()).limit(2).select(|t| t.id);
        let dearest = || db.track().find().order(|t| (t.price.desc(), t.id.asc())).limit(2).select(|t| t.id);
        let both = longest().union(dearest()).nested().order(|id| id.asc()).await?;
        assert_eq!(both.iter().map(|id| id.0).collect::<Vec<_>>(), [3, 5, 7]);
        let some = longest().union(dearest()).intersect(dearest()).nested().order(|id| id.asc()).await?;
        assert_eq!(some.iter().map(|id| id.0).collect::<Vec<_>>(), [3, 7]);
        let limited =
            longest().union_all(dearest()).nested().order(|id| id.desc()).limit(1).offset(1).await?;
        assert_eq!(limited.iter().map(|id| id.0).collect::<Vec<_>>(), [5]);
        Ok(())
    })
    .await;
}

/// Two digits in one and four in the other are four in both.
#[tokio::test]
async fn digits_of_exact_numbers() {
    on_every_shop("union_digits", async |db| {
        let prices =
            db.invoice_line().find().filter(|l| l.id.eq(1)).select(|l| (l.id.count(), l.price.max()));
        let discounts = db.invoice().find().select(|i| (i.id.count(), i.discount.max()));
        let rows = prices.union_all(discounts).nested().order(|(_, number)| number.desc()).await?;
        assert_eq!(rows, [(1, Some(Decimal::new(99, 2))), (4, Some(Decimal::new(1_250, 4)))]);
        Ok(())
    })
    .await;
}
