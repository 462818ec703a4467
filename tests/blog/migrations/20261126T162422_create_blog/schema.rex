// rex: migration parent=none compatible
// rex: schema tables=plural sqlite=3.45 postgres=13 checksum=a0ecc689af904f4a9f8bdfd72e490e85

//! Who writes and who reads.

/// What a person may do.
enum Role { reader, author, admin }

/// Someone who can sign in.
model User {
    id:         BigInt = autoincrement()  @id
    /// Where to write to; nobody else has it.
    email:      String(255)               @unique
    name:       String(80)
    role:       Role = reader
    age:        Int?
    created_at: DateTime = now()
    profile:    Profile?                  @inverse(user)
    posts:      [Post]                    @inverse(author)
    reviews:    [Post]                    @inverse(reviewer)
    comments:   [Comment]

    index (role, created_at desc)
}

/// One page about one user.
model Profile {
    id:   BigInt = autoincrement()  @id
    user: User                      @unique @on_delete(cascade)
    bio:  String
}

//! What is written.

/// An article.
model Post {
    id:           Uuid = uuid7()  @id
    author:       User            @on_delete(cascade)
    /// Who has read it before everybody else.
    reviewer:     User?           @on_delete(set_null)
    title:        String(200)
    body:         String
    labels:       [String] = []
    published_at: DateTime?
    created_at:   DateTime = now()
    tags:         [Tag]
    comments:     [Comment]

    unique (author, title)
    index (published_at desc)
}

/// A word to find posts by.
model Tag {
    id:    BigInt = autoincrement()  @id
    name:  String(40)                @unique
    posts: [Post]
}

/// What a reader says about a post, or about another comment.
model Comment {
    id:         BigInt = autoincrement()  @id
    post:       Post                      @on_delete(cascade)
    author:     User                      @on_delete(cascade)
    parent:     Comment?                  @on_delete(cascade)
    replies:    [Comment]
    body:       String(2000)
    created_at: DateTime = now()
}
