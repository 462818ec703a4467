//! What finders and queries over several tables have in common: each becomes another query.

/// The methods of a query over a scope, which its `query()` makes a [`Query`](super::Query) of.
macro_rules! calls {
    ([$($generics:tt)*] $query:ty, $scope:ty) => {
        impl<$($generics)*> $query {
            $crate::query::shape::calls::joins! { $scope;
                join left_join right_join full_join
                join_on left_join_on right_join_on full_join_on
                join_rows left_join_rows right_join_rows full_join_rows
            }

            /// Joins every row of a model to each.
            pub fn cross_join<N: $crate::Model>(
                self,
            ) -> $crate::query::Query<<$scope as $crate::query::Plus<N>>::Plain>
            where
                $scope: $crate::query::Plus<N>,
            {
                let query = self.query();
                $crate::query::shape::joined::model::<_, _, N>(query, rex_sql::JoinKind::Cross, |_| {
                    $crate::Cond::all()
                })
            }
        }
    };
}

macro_rules! joins {
    ($scope:ty;
        $join:ident $left:ident $right:ident $full:ident
        $join_on:ident $left_on:ident $right_on:ident $full_on:ident
        $join_rows:ident $left_rows:ident $right_rows:ident $full_rows:ident
    ) => {
        $crate::query::shape::calls::kinds! { $scope, Inner, Plain, [N] $join $join_on $join_rows
            "Joins what a relation leads to: `.join(|p| p.author())`. Rows that lead nowhere are left out.",
            "Joins the rows of a model on a condition: `.join_on::<User>(|(p, u)| …)`.",
            "Joins the rows of a query on a condition."
        }
        $crate::query::shape::calls::kinds! { $scope, Left, Plain, [Option<N>] $left $left_on $left_rows
            "Joins what a relation leads to, or nothing: that is then `None`, and so is each of its columns.",
            "Joins the rows of a model on a condition, or nothing where there is none.",
            "Joins the rows of a query on a condition, or nothing where there is none."
        }
        $crate::query::shape::calls::kinds! { $scope, Right, Outer, [N] $right $right_on $right_rows
            "Joins what a relation leads to, and rows that it leads to from nowhere: what was there before is then `None`.",
            "Joins the rows of a model on a condition, and those for which there is nothing.",
            "Joins the rows of a query on a condition, and those for which there is nothing."
        }
        $crate::query::shape::calls::kinds! { $scope, Full, Outer, [Option<N>] $full $full_on $full_rows
            "Joins what a relation leads to, and keeps all rows of both sides.",
            "Joins the rows of a model on a condition, and keeps all rows of both sides.",
            "Joins the rows of a query on a condition, and keeps all rows of both sides."
        }
    };
}

macro_rules! kinds {
    ($scope:ty, $kind:ident, $out:ident, [N] $($rest:tt)*) => {
        $crate::query::shape::calls::kind! { $scope, $kind, $out,
            [<R as $crate::model::Relation>::To], [N], [$crate::query::Nested<R>], $($rest)* }
    };
    ($scope:ty, $kind:ident, $out:ident, [Option<N>] $($rest:tt)*) => {
        $crate::query::shape::calls::kind! { $scope, $kind, $out,
            [Option<<R as $crate::model::Relation>::To>], [Option<N>], [Option<$crate::query::Nested<R>>], $($rest)* }
    };
}

macro_rules! kind {
    ($scope:ty, $kind:ident, $out:ident, [$target:ty], [$model:ty], [$rows:ty],
        $join:ident $join_on:ident $join_rows:ident $docs:literal, $docs_on:literal, $docs_rows:literal) => {
        #[doc = $docs]
        pub fn $join<R, P>(
            self,
            relation: impl FnOnce(<$scope as $crate::query::Extent>::Columns<$scope>) -> $crate::Load<R, (), P>,
        ) -> $crate::query::Query<<$scope as $crate::query::Plus<$target>>::$out>
        where
            R: $crate::model::Relation,
            P: $crate::query::Place<Scope = $scope>,
            $scope: $crate::query::Plus<$target>,
        {
            $crate::query::shape::joined::along(self.query(), rex_sql::JoinKind::$kind, relation)
        }

        #[doc = $docs_on]
        pub fn $join_on<N: $crate::Model>(
            self,
            on: impl FnOnce(
                <<$scope as $crate::query::Plus<$model>>::$out as $crate::query::Extent>::Columns<
                    <$scope as $crate::query::Plus<$model>>::$out,
                >,
            ) -> $crate::Cond<<$scope as $crate::query::Plus<$model>>::$out>,
        ) -> $crate::query::Query<<$scope as $crate::query::Plus<$model>>::$out>
        where
            $scope: $crate::query::Plus<$model>,
        {
            $crate::query::shape::joined::model::<_, _, N>(self.query(), rex_sql::JoinKind::$kind, on)
        }

        #[doc = $docs_rows]
        pub fn $join_rows<R: $crate::query::Record>(
            self,
            rows: impl $crate::query::Tabular<R>,
            on: impl FnOnce(
                <<$scope as $crate::query::Plus<$rows>>::$out as $crate::query::Extent>::Columns<
                    <$scope as $crate::query::Plus<$rows>>::$out,
                >,
            ) -> $crate::Cond<<$scope as $crate::query::Plus<$rows>>::$out>,
        ) -> $crate::query::Query<<$scope as $crate::query::Plus<$rows>>::$out>
        where
            $scope: $crate::query::Plus<$rows>,
        {
            $crate::query::shape::joined::rows(self.query(), rex_sql::JoinKind::$kind, rows, on)
        }
    };
}

pub(crate) use {calls, joins, kind, kinds};
