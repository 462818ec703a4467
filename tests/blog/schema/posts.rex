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
