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
        /// Others held the database for longer than the driver waits.
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
        /// The database cannot be reached. Where that happened during the commit, it may have been done.
        case unreachable
        /// Anything else: syntax, a full disk, a damaged file.
        case other
    }

    public let code: Code
    /// In English, for operators.
    public let reason: String
    /// The statement at fault, where one is.
    public let statement: String?

    /// The SQLSTATE, where the database has such.
    let state: String?

    public init(_ code: Code, _ reason: String, statement: String? = nil) {
        self.init(code, reason, statement: statement, state: nil)
    }

    init(_ code: Code, _ reason: String, statement: String?, state: String?) {
        self.code = code
        self.reason = reason
        self.statement = statement
        self.state = state
    }

    public var description: String { statement.map { "\(reason), in: \($0)" } ?? reason }
}
