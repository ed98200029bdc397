/// Why a statement or a transaction failed. It holds the statement, never the values bound to it or read by it.
public struct SQLError: Error, Sendable, CustomStringConvertible {
    /// What callers distinguish, the same for every database.
    public enum Code: Sendable, Hashable {
        /// A unique constraint or primary key.
        case notUnique
        case foreignKey
        case notNull
        /// A `CHECK` constraint.
        case check
        /// Another writer held the database for longer than the driver waits.
        case busy
        /// A statement of a `read` wanted to write.
        case readOnly
        case missingColumn
        case ambiguousColumn
        /// A column holds another type, or a null where none is allowed.
        case wrongType
        /// A value no database of ours can hold, or a wrong number of values.
        case badValue
        /// An earlier statement of the transaction failed; nothing of it remains.
        case transactionLost
        /// Anything else: syntax, a full disk, a lost connection, a damaged file.
        case other
    }

    public let code: Code
    /// In English, for operators.
    public let reason: String
    /// The statement at fault, where one is.
    public let statement: String?

    public init(_ code: Code, _ reason: String, statement: String? = nil) {
        self.code = code
        self.reason = reason
        self.statement = statement
    }

    public var description: String { statement.map { "\(reason), in: \($0)" } ?? reason }
}
