//! What the runtime is measured with: plain columns, so that what is seen is the way to the
//! database and back, and not the decoding of one type.

/// Read, and never written while something is measured.
model Item {
    id:       BigInt = autoincrement()  @id
    name:     String(80)
    quantity: Int
    rating:   Double?
    active:   Bool
    note:     String?
}

/// Written, and read as it was written.
model Entry {
    id:     BigInt = autoincrement()  @id
    title:  String(80)
    amount: Int
    done:   Bool = false
}

/// Has ten posts, but for the last one, who has none.
model User {
    id:    BigInt = autoincrement()  @id
    email: String(80)
    name:  String(80)
    posts: [Post]
}

/// Has ten comments.
model Post {
    id:       BigInt = autoincrement()  @id
    author:   User
    title:    String(80)
    comments: [Comment]

    index (author)
}

model Comment {
    id:   BigInt = autoincrement()  @id
    post: Post
    text: String(200)

    index (post)
}
