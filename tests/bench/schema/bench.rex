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

/// Written, and never read.
model Entry {
    id:     BigInt = autoincrement()  @id
    title:  String(80)
    amount: Int
    done:   Bool = false
}
