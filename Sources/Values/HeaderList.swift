/// Headers of an answer, found whatever the case of their names (RFC 9110 §5.1). Answers have few and fewer are looked
/// at: a list is read quicker than a table is made.
public struct HeaderList: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public private(set) var headers: [Header] = []

    public init() {}
    /// An empty list, with room for so many.
    public init(capacity: Int) { headers.reserveCapacity(capacity) }
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    public init(_ headers: some Sequence<(String, String)>) {
        for (name, value) in headers { append(name, value) }
    }

    public init(_ headers: [String: String]) { self.init(headers.lazy.map { ($0, $1) }) }

    public mutating func append(_ name: String, _ value: String) { headers.append(Header(name: name, value: value)) }

    /// The last value of that name.
    public subscript(name: String) -> String? {
        headers.last { $0.name.isSameIgnoringCase(as: name) }?.value
    }
}
