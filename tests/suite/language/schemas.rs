//! Schemas, tables of other tools, enums in schemas.

use rex_orm::Kind;

use crate::fixtures::owner;
use crate::fixtures::schemas::{AuthState, Db, NewGroup, NewUser, Role, State, group, post, user};
use crate::support::postgres;

type Result<T = ()> = rex_orm::Result<T>;

#[tokio::test]
async fn tables_of_several_schemas_in_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("schemas.db").display());
    run(&url).await.expect("it works");
}

#[tokio::test]
async fn tables_of_several_schemas_in_postgresql() {
    let database = postgres::server().database("schemas");
    run(&database.url()).await.expect("it works");
    let client = database.client().await;
    let rows = client
        .query(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables
             WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
            &[],
        )
        .await
        .expect("the catalogue");
    let tables: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let expected = [
        "auth.sessions",
        "auth.users",
        "auth.users_users",
        "blog.posts",
        "geo.countries",
        "public.users",
        "public.visits",
    ];
    assert_eq!(tables, expected);
}

async fn run(url: &str) -> Result {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    relations(&db).await?;
    conflicts(&db).await?;
    let other = owner::Db::connect(url).await?;
    other.create_schema().await?;
    unmanaged(&db, &other).await
}

async fn relations(db: &Db) -> Result {
    let ada = db.user().create().email("ada@example.com").role(Role::Author).save().await?;
    assert_eq!((ada.role, ada.roles.len()), (Role::Author, 1));
    let grace = NewUser { manager_id: Some(ada.id), ..NewUser::new("grace@example.com") };
    let grace = db.user().insert_many([grace]).await?.remove(0);
    assert_eq!((grace.roles.as_slice(), grace.role.as_str()), (&[Role::Admin][..], "reader"));
    let session = db.session().create().user(&ada).save().await?;
    assert_eq!(session.state, AuthState::Fresh);
    db.post().create().author(&grace).title("On Compilers").save().await?;
    let group = db.group().insert(NewGroup::new("all@example.com")).await?;
    assert_eq!(group.state, State::Open);
    assert_eq!(db.group().users(&group).add([&ada, &grace]).await?, 2);
    let users = db
        .user()
        .find()
        .filter(|u| u.role.le(Role::Author))
        .order(|u| u.id.asc())
        .with(|u| u.manager())
        .with(|u| u.posts())
        .with(|u| u.groups())
        .with(|u| u.sessions())
        .await?;
    let counts: Vec<_> = users
        .iter()
        .map(|(_, manager, posts, groups, sessions)| {
            (manager.is_some(), posts.len(), groups.len(), sessions.len())
        })
        .collect();
    assert_eq!(counts, [(false, 0, 1, 1), (true, 1, 1, 0)]);
    assert_eq!(db.session().find().update().state(AuthState::Stale).save().await?, 1);
    Ok(())
}

/// Both tables `users` have a unique of their own, and both are told apart.
async fn conflicts(db: &Db) -> Result {
    let user = db.user().insert(NewUser::new("ada@example.com")).await.expect_err("a second Ada");
    assert_eq!(user.conflict::<user::Unique>(), Some(user::Unique::Email));
    assert_eq!(user.conflict::<group::Unique>(), None);
    let group = db.group().insert(NewGroup::new("all@example.com")).await.expect_err("a second group");
    assert_eq!(group.conflict::<group::Unique>(), Some(group::Unique::Email));
    assert_eq!(group.conflict::<user::Unique>(), None);
    let grace = db.user().by_email("grace@example.com").await?.expect("she is there");
    let title =
        db.post().create().author(&grace).title("On Compilers").save().await.expect_err("a second one");
    assert_eq!(title.conflict::<post::Unique>(), Some(post::Unique::AuthorTitle));
    let author = db.post().create().author(99).title("x").save().await.expect_err("no author 99");
    assert_eq!((author.kind(), author.constraint()), (Kind::ForeignKey, Some("blog_posts_author_id_fkey")));
    let referred = db.user().delete(&grace).await.expect_err("she has a post");
    assert_eq!(
        (referred.kind(), referred.constraint()),
        (Kind::ForeignKey, Some("blog_posts_author_id_fkey"))
    );
    Ok(())
}

async fn unmanaged(db: &Db, owner: &owner::Db) -> Result {
    let chile = db.country().create().code("cl").name("Chile").save().await?;
    db.country().update(&chile).name("Republic of Chile").save().await?;
    assert_eq!(owner.country().get("cl").await?.name, "Republic of Chile");
    owner.visit().create().path("/").save().await?;
    let visits = db.visit().find().filter(|v| v.path.eq("/")).await?;
    assert_eq!(visits.len(), 1);
    assert_eq!(db.visit().find().first().await?.as_ref(), visits.first());
    assert_eq!(db.visit().find().count().await?, 1);
    Ok(())
}
