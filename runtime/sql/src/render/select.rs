//! Queries.

use std::fmt::Write as _;

use super::{Bind, Frame, Writer};
use crate::expr::{ColumnRef, Expr};
use crate::statement::{
    Common, Distinct, JoinKind, Lock, Projection, Select, SetOperator, Source, Strength, Wait, Whole,
};
use crate::{Dialect, push_ident};

/// What the columns of a query are called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// As the database likes.
    Free,
    /// `c0`, `c1` and so on.
    Numbered,
}

impl<'a, V> Writer<'a, V> {
    pub(crate) fn select(&mut self, select: &'a Select<V>) {
        self.whole(select, Naming::Free);
    }

    fn whole(&mut self, select: &'a Select<V>, naming: Naming) {
        self.with(&select.with);
        self.single(select, naming);
        for (operator, other) in &select.compound {
            self.push(match operator {
                SetOperator::Union => " UNION ",
                SetOperator::UnionAll => " UNION ALL ",
                SetOperator::Intersect => " INTERSECT ",
                SetOperator::Except => " EXCEPT ",
            });
            self.single(other, Naming::Free);
        }
    }

    /// `WITH "tree" (c0, c1) AS (…) `
    fn with(&mut self, commons: &'a [Common<V>]) {
        if commons.is_empty() {
            return;
        }
        self.push(if commons.iter().any(|common| common.recursive) { "WITH RECURSIVE " } else { "WITH " });
        self.list(commons.iter(), |this, common| {
            push_ident(&mut this.out, &common.name);
            this.push(" (");
            this.list(0..common.width, |this, place| _ = write!(this.out, "c{place}"));
            this.push(") AS (");
            this.whole(&common.query, Naming::Free);
            this.push(")");
        });
        self.push(" ");
    }

    /// One query, without those that it is united with.
    fn single(&mut self, select: &'a Select<V>, naming: Naming) {
        let keys = match &select.distinct {
            Distinct::On(keys) if select.group.is_empty() => keys,
            Distinct::On(_) | Distinct::All | Distinct::Rows => &select.group,
        };
        self.enter(1 + select.joins.len(), select.is_qualified(), keys);
        self.projected(select, naming);
        self.frames.pop();
    }

    /// `EXISTS (SELECT 1 FROM …)`
    pub(super) fn exists(&mut self, select: &'a Select<V>) {
        self.enter(1 + select.joins.len(), true, &select.group);
        self.push("EXISTS (SELECT 1");
        self.select_rest(select);
        self.push(")");
        self.frames.pop();
    }

    fn projected(&mut self, select: &'a Select<V>, naming: Naming) {
        let limited = select.limit.is_some() || select.offset.is_some();
        let one_each = limited || !matches!(select.distinct, Distinct::All) || !select.group.is_empty();
        match &select.projection {
            Projection::Columns(columns) if limited && !select.per.is_empty() => {
                self.select_per(select, columns);
            }
            Projection::Values(values) => match &select.distinct {
                // SQLite has no `DISTINCT ON`: the rows are numbered there.
                Distinct::On(keys) if self.dialect == Dialect::Sqlite => {
                    self.first_of_each(select, values, keys);
                }
                Distinct::On(_) | Distinct::All | Distinct::Rows => {
                    self.head(select);
                    self.values(values, naming);
                    self.select_rest(select);
                }
            },
            Projection::Listed(listed) => {
                self.head(select);
                self.push(listed.text(self.dialect));
                self.select_rest(select);
            }
            Projection::Columns(columns) => {
                self.head(select);
                self.named(columns.iter(), naming, |this, column| this.shown(column));
                self.select_rest(select);
            }
            Projection::Whole(tables) => {
                self.head(select);
                let columns = tables.iter().flat_map(Whole::columns);
                self.named(columns, naming, |this, column| this.shown(&column));
                self.select_rest(select);
            }
            Projection::Count if one_each => {
                self.push("SELECT count(*) FROM (SELECT 1");
                self.select_rest(select);
                self.push(") AS counted");
            }
            Projection::Count => {
                self.push("SELECT count(*)");
                self.select_rest(select);
            }
            Projection::Exists => {
                self.push("SELECT EXISTS (SELECT 1");
                self.select_rest(select);
                self.push(")");
            }
        }
    }

    /// `SELECT `, and whether rows that agree are one.
    fn head(&mut self, select: &'a Select<V>) {
        self.push("SELECT ");
        match &select.distinct {
            Distinct::All => {}
            Distinct::Rows => self.push("DISTINCT "),
            Distinct::On(keys) => {
                self.push("DISTINCT ON (");
                self.list(0..keys.len(), Self::key);
                self.push(") ");
            }
        }
    }

    fn values(&mut self, values: &'a [Expr<V>], naming: Naming) {
        self.named(values.iter(), naming, |this, value| match value {
            Expr::Column(column) => this.shown(column),
            value => this.expr(value),
        });
    }

    fn named<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        naming: Naming,
        mut one: impl FnMut(&mut Self, T),
    ) {
        self.list(items.enumerate(), |this, (place, item)| {
            one(this, item);
            if naming == Naming::Numbered {
                this.push(" AS c");
                this.push_number(place);
            }
        });
    }

    /// `FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT … OFFSET …`
    fn select_rest(&mut self, select: &'a Select<V>) {
        self.from(select);
        self.order(&select.order);
        self.limited(select);
    }

    fn limited(&mut self, select: &'a Select<V>) {
        match (&select.limit, self.dialect) {
            (Some(limit), _) => {
                self.push(" LIMIT ");
                self.bind(Bind::One(limit));
            }
            // SQLite has no offset without a limit.
            (None, Dialect::Sqlite) if select.offset.is_some() => self.push(" LIMIT -1"),
            (None, _) => {}
        }
        if let Some(offset) = &select.offset {
            self.push(" OFFSET ");
            self.bind(Bind::One(offset));
        }
        if let Some(lock) = select.lock {
            self.lock(lock);
        }
    }

    /// SQLite locks the whole database where it writes, and no rows.
    fn lock(&mut self, lock: Lock) {
        if self.dialect == Dialect::Sqlite {
            return;
        }
        self.push(match lock.strength {
            Strength::Update => " FOR UPDATE",
            Strength::Share => " FOR SHARE",
        });
        if let Some(Frame { first, qualified: true, .. }) = self.frames.last() {
            _ = write!(self.out, " OF t{first}");
        }
        self.push(match lock.wait {
            Wait::Until => "",
            Wait::Skip => " SKIP LOCKED",
            Wait::Fail => " NOWAIT",
        });
    }

    fn from(&mut self, select: &'a Select<V>) {
        self.push(" FROM ");
        self.source(&select.from, 0);
        for (place, join) in select.joins.iter().enumerate() {
            self.push(match join.kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT JOIN ",
                JoinKind::Right => " RIGHT JOIN ",
                JoinKind::Full => " FULL JOIN ",
                JoinKind::Cross => " CROSS JOIN ",
            });
            self.source(&join.source, place + 1);
            if join.kind != JoinKind::Cross {
                self.push(" ON ");
                self.expr(&join.on);
            }
        }
        self.filter(select.filter.as_ref());
        if !select.group.is_empty() {
            self.push(" GROUP BY ");
            self.list(0..select.group.len(), Self::key);
        }
        if let Some(having) = &select.having {
            self.push(" HAVING ");
            self.expr(having);
        }
    }

    fn source(&mut self, source: &'a Source<V>, place: usize) {
        match source {
            Source::Table(table) => self.table(table),
            Source::Common(name) => push_ident(&mut self.out, name),
            Source::Query(query) => {
                self.push("(");
                self.whole(query, Naming::Numbered);
                self.push(")");
            }
        }
        self.alias(place);
    }

    /// The key at a place, in the same words wherever it stands.
    pub(super) fn key(&mut self, place: usize) {
        let Some(frame) = self.frames.last() else { return };
        let Some(key) = frame.keys.get(place) else { return };
        if let Some(text) = &frame.written[place] {
            return self.out.push_str(text);
        }
        let text = self.captured(key);
        self.push(&text);
        if let Some(frame) = self.frames.last_mut() {
            frame.written[place] = Some(text);
        }
    }

    /// The first row of each group of those that agree in the keys. What the rows are sorted by is
    /// carried along as `o0`, `o1` and so on.
    fn first_of_each(&mut self, select: &'a Select<V>, values: &'a [Expr<V>], keys: &'a [Expr<V>]) {
        self.push("SELECT ");
        self.list(0..values.len(), |this, place| _ = write!(this.out, "c{place}"));
        self.push(" FROM (SELECT ");
        self.values(values, Naming::Numbered);
        for (place, order) in select.order.iter().enumerate() {
            self.push(", ");
            self.expr(&order.by);
            _ = write!(self.out, " AS o{place}");
        }
        self.push(", row_number() OVER (PARTITION BY ");
        self.list(0..keys.len(), Self::key);
        self.order(&select.order);
        self.push(") AS place");
        self.from(select);
        self.push(") AS ranked WHERE place = 1");
        if !select.order.is_empty() {
            self.sorted(&select.order, |this, place, _| _ = write!(this.out, "o{place}"));
        }
        self.limited(select);
    }

    /// The rows are numbered within each group, and those with a number in range are kept.
    fn select_per(&mut self, select: &'a Select<V>, columns: &'a [ColumnRef]) {
        self.push("SELECT ");
        self.list(0..columns.len(), |this, place| _ = write!(this.out, "c{place}"));
        self.push(" FROM (SELECT ");
        self.list(columns.iter().enumerate(), |this, (place, column)| {
            this.shown(column);
            _ = write!(this.out, " AS c{place}");
        });
        self.push(", row_number() OVER (PARTITION BY ");
        self.list(select.per.iter(), Self::column);
        self.order(&select.order);
        self.push(") AS place");
        self.from(select);
        self.push(") AS ranked WHERE ");
        if let Some(offset) = &select.offset {
            self.push("place > ");
            self.integer(offset);
            if select.limit.is_some() {
                self.push(" AND ");
            }
        }
        if let Some(limit) = &select.limit {
            self.push("place <= ");
            self.integer(limit);
            if let Some(offset) = &select.offset {
                self.push(" + ");
                self.integer(offset);
            }
        }
        self.push(" ORDER BY place");
    }
}
