//! The queries of PostgreSQL's catalogue, versions 13 to 18. Every value that they give is a text;
//! the default schema, the first of the search path, is null.

/// Constants are printed by these settings. The search path stays as it is: what it finds is
/// printed without a schema, as it was written.
pub(super) const SESSION: &[&str] = &[
    "SET LOCAL \"TimeZone\" = 'UTC'",
    "SET LOCAL \"DateStyle\" = 'ISO, YMD'",
    "SET LOCAL \"IntervalStyle\" = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL quote_all_identifiers = off",
];

/// In the order in which [`super::inspect`] takes their answers.
pub(super) const QUERIES: &[&str] = &[SCHEMAS, ENUMS, RELATIONS, COLUMNS, CONSTRAINTS, INDEXES, OTHERS];

/// A schema that is not the server's own, and not the default one.
macro_rules! schema {
    () => {
        "nullif(n.nspname, current_schema())::text"
    };
}

/// Neither the server's nor an extension's.
macro_rules! ours {
    ($class:literal, $oid:literal) => {
        concat!(
            "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM \
             pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.",
            $class,
            "'::regclass AND d.objid = ",
            $oid,
            " AND d.deptype = 'e')"
        )
    };
}

/// name
const SCHEMAS: &str = concat!(
    "SELECT n.nspname::text FROM pg_catalog.pg_namespace AS n WHERE n.nspname <> current_schema() AND ",
    ours!("pg_namespace", "n.oid"),
    " ORDER BY 1"
);

/// schema, name, comment, label
const ENUMS: &str = concat!(
    "SELECT ",
    schema!(),
    ", t.typname::text, obj_description(t.oid, 'pg_type'), e.enumlabel::text \
     FROM pg_catalog.pg_type AS t \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
     LEFT JOIN pg_catalog.pg_enum AS e ON e.enumtypid = t.oid \
     WHERE t.typtype = 'e' AND ",
    ours!("pg_type", "t.oid"),
    " ORDER BY t.oid, e.enumsortorder"
);

/// schema, name, kind, comment, the query of a view, what there is no word for
const RELATIONS: &str = concat!(
    "SELECT ",
    schema!(),
    ", c.relname::text, c.relkind::text, obj_description(c.oid, 'pg_class'), \
     CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END, \
     CASE WHEN c.relispartition THEN 'it is a partition' \
          WHEN c.relkind = 'p' THEN 'it is partitioned' \
          WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent)) \
          THEN 'it inherits, or is inherited' \
          WHEN c.relpersistence = 'u' THEN 'UNLOGGED' \
          WHEN c.relrowsecurity THEN 'ROW LEVEL SECURITY' END \
     FROM pg_catalog.pg_class AS c \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ",
    ours!("pg_class", "c.oid"),
    " ORDER BY c.oid"
);

/// schema, relation, name, type, the enum's schema, the enum's name, whether it is an array,
/// whether it is not null, identity, default, generated, comment, collation
const COLUMNS: &str = concat!(
    "SELECT ",
    schema!(),
    ", c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), \
     nullif(ns.nspname, current_schema())::text, CASE WHEN e.typtype = 'e' THEN e.typname::text END, \
     (t.typcategory = 'A')::text, a.attnotnull::text, a.attidentity::text, \
     pg_catalog.pg_get_expr(f.adbin, f.adrelid), a.attgenerated::text, \
     pg_catalog.col_description(c.oid, a.attnum), \
     CASE WHEN a.attcollation <> t.typcollation THEN \
     (SELECT o.collname::text FROM pg_catalog.pg_collation AS o WHERE o.oid = a.attcollation) END \
     FROM pg_catalog.pg_attribute AS a \
     JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid \
     JOIN pg_catalog.pg_type AS e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 \
     THEN t.typelem ELSE t.oid END \
     JOIN pg_catalog.pg_namespace AS ns ON ns.oid = e.typnamespace \
     LEFT JOIN pg_catalog.pg_attrdef AS f ON f.adrelid = c.oid AND f.adnum = a.attnum \
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND ",
    ours!("pg_class", "c.oid"),
    " ORDER BY c.oid, a.attnum"
);

/// schema, table, name, definition, the target's schema, the target
const CONSTRAINTS: &str = concat!(
    "SELECT ",
    schema!(),
    ", c.relname::text, k.conname::text, pg_catalog.pg_get_constraintdef(k.oid), \
     nullif(nf.nspname, current_schema())::text, cf.relname::text \
     FROM pg_catalog.pg_constraint AS k \
     JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     LEFT JOIN pg_catalog.pg_class AS cf ON cf.oid = k.confrelid \
     LEFT JOIN pg_catalog.pg_namespace AS nf ON nf.oid = cf.relnamespace \
     WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND ",
    ours!("pg_class", "c.oid"),
    " ORDER BY k.oid"
);

/// schema, relation, name, definition, whether it is valid
const INDEXES: &str = concat!(
    "SELECT ",
    schema!(),
    ", c.relname::text, x.relname::text, pg_catalog.pg_get_indexdef(x.oid), i.indisvalid::text \
     FROM pg_catalog.pg_index AS i \
     JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid \
     JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k \
     WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')) AND ",
    ours!("pg_class", "c.oid"),
    " ORDER BY x.oid"
);

/// kind, schema, name, table, text
const OTHERS: &str = concat!(
    "SELECT 'trigger', ",
    schema!(),
    ", g.tgname::text, c.relname::text, pg_catalog.pg_get_triggerdef(g.oid) \
     FROM pg_catalog.pg_trigger AS g \
     JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE NOT g.tgisinternal AND ",
    ours!("pg_class", "c.oid"),
    " UNION ALL SELECT 'policy', ",
    schema!(),
    ", p.polname::text, c.relname::text, '' \
     FROM pg_catalog.pg_policy AS p \
     JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE ",
    ours!("pg_class", "c.oid"),
    " UNION ALL SELECT 'rule', ",
    schema!(),
    ", r.rulename::text, c.relname::text, pg_catalog.pg_get_ruledef(r.oid) \
     FROM pg_catalog.pg_rewrite AS r \
     JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE r.rulename <> '_RETURN' AND ",
    ours!("pg_class", "c.oid"),
    " UNION ALL SELECT 'sequence', ",
    schema!(),
    ", c.relname::text, NULL, '' \
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS o \
     WHERE o.classid = 'pg_catalog.pg_class'::regclass AND o.objid = c.oid \
     AND o.refclassid = 'pg_catalog.pg_class'::regclass AND o.deptype IN ('a', 'i')) AND ",
    ours!("pg_class", "c.oid"),
    " UNION ALL SELECT 'function', ",
    schema!(),
    ", p.proname::text, NULL, pg_catalog.pg_get_function_identity_arguments(p.oid) \
     FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace WHERE ",
    ours!("pg_proc", "p.oid"),
    " UNION ALL SELECT 'type', ",
    schema!(),
    ", t.typname::text, NULL, pg_catalog.format_type(t.oid, NULL) \
     FROM pg_catalog.pg_type AS t \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
     LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid \
     WHERE (t.typtype IN ('d', 'r') OR t.typtype = 'c' AND c.relkind = 'c') AND ",
    ours!("pg_type", "t.oid"),
    " UNION ALL SELECT 'extension', ",
    schema!(),
    ", x.extname::text, NULL, x.extversion \
     FROM pg_catalog.pg_extension AS x JOIN pg_catalog.pg_namespace AS n ON n.oid = x.extnamespace \
     WHERE x.extname <> 'plpgsql' ORDER BY 1, 2, 3, 4"
);
