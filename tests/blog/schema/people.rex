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
