/// A JSON value (RFC 8259) that keeps the order of an object's members and the text of its numbers.
///
/// Foundation's decoders do neither: an amount such as `620.50` would come out as a binary fraction, and the
/// members of an answer in another order each time. See `docs/decisions/0003-json.md`.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number that is no `Int`, as its text in the source.
    case decimal(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One member of an object.
    public struct Member: Sendable, Hashable {
        public var key: String
        public var value: JSON

        public init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// The member of that name, or nil where this is no object or has none. Linear: objects here are small.
    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.key.isSame(as: key) { return member.value }
        return nil
    }

    /// What sort of value it is; numbers that are an `Int` and others are two.
    public enum Kind: UInt8, Sendable { case null, bool, integer, decimal, string, array, object }

    @inlinable public var kind: Kind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .integer: .integer
        case .decimal: .decimal
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Absent, null, empty or made of spaces only: what the providers' protocols call « blank ».
    public var isBlank: Bool {
        switch self {
        case .null: true
        case .string(let text):
            text.isBlank
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        case .bool, .integer, .decimal: false
        }
    }

    /// The text of a string or of a number; nil for the rest.
    @inlinable public var text: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(decimal: number)
        case .decimal(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// The items of an array; nil for the rest.
    @inlinable public var items: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    /// The members of an object; nil for the rest.
    @inlinable public var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The number as an `Int` where it is one.
    @inlinable public var int: Int? {
        switch self {
        case .integer(let number): number
        case .string(let text): Int(text)
        default: nil
        }
    }

    /// True for equal values whatever the order of members; numbers are compared as numbers.
    public func matches(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            mine.count == theirs.count
                && mine.allSatisfy { member in other[member.key].map(member.value.matches) ?? false }
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.matches($1) }
        case (.decimal, .decimal), (.integer, .decimal), (.decimal, .integer):
            text.flatMap(Double.init) == other.text.flatMap(Double.init)
        default: self == other
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
}
