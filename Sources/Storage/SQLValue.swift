import Foundation

/// A value bound to a statement or read from a column.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int)
    /// Finite, and never an amount of money: those are integers (cents) or text.
    case real(Double)
    /// Any text without U+0000, which PostgreSQL refuses and SQLite cuts.
    case text(String)

    /// The text, or null where there is none.
    public static func text(orNull text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    /// The integer, or null where there is none.
    public static func integer(orNull number: Int?) -> SQLValue { number.map(SQLValue.integer) ?? .null }

    /// An instant in whole milliseconds since 1970, or null where there is none.
    public static func instant(_ instant: Date?) -> SQLValue {
        guard let instant else { return .null }
        let milliseconds = (instant.timeIntervalSince1970 * 1000).rounded()
        return .integer(Int(exactly: milliseconds) ?? (milliseconds > 0 ? .max : .min))
    }

    /// Why no database may be given this value; nil where it may.
    var refusal: String? {
        switch self {
        case .real(let number) where !number.isFinite: "a number that is not finite"
        case .text(let text) where text.utf8.contains(0): "a text that holds U+0000"
        default: nil
        }
    }

    /// The kind of value, for messages: never the value.
    var kind: String {
        switch self {
        case .null: "null"
        case .integer: "an integer"
        case .real: "a real number"
        case .text: "a text"
        }
    }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }
}
