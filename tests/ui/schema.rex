/// Money of someone's: nobody overwrites what they have not read.
model Account {
    id:      BigInt = autoincrement()   @id
    owner:   String                     @immutable
    balance: BigInt = 0
    credit:  Decimal(10, 2) = 0
    version: Int                        @version
}
