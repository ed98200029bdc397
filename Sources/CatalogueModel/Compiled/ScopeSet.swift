/// A set of scopes as bits, so that a right is checked without comparing texts.
public struct ScopeSet: Sendable, Hashable {
    private var words: [UInt64] = []

    public init() {}

    public init(_ indices: some Sequence<Int>) { for index in indices { insert(index) } }

    public mutating func insert(_ index: Int) {
        let word = index >> 6
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(index & 63)
    }

    public func contains(_ index: Int) -> Bool {
        let word = index >> 6
        return word < words.count && words[word] & (1 << UInt64(index & 63)) != 0
    }

    /// True where both hold at least one scope in common.
    public func meets(_ other: ScopeSet) -> Bool {
        for place in 0..<min(words.count, other.words.count) where words[place] & other.words[place] != 0 {
            return true
        }
        return false
    }

    /// The scopes that both hold.
    public func intersection(_ other: ScopeSet) -> ScopeSet {
        var result = ScopeSet()
        result.words.reserveCapacity(words.count)
        for place in 0..<min(words.count, other.words.count) { result.words.append(words[place] & other.words[place]) }
        while result.words.last == 0 { result.words.removeLast() }
        return result
    }

    func forEach(_ body: (Int) -> Void) {
        for (place, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body((place << 6) + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}

/// The names of all scopes, each with its bit.
public struct ScopeTable: Sendable {
    public let names: [String]
    private let indices: [String: Int]

    init(_ names: [String]) {
        self.names = names
        indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(name: String) -> Int? { indices[name] }

    /// The set of those names; a name that no API knows opens nothing.
    public func set(_ names: [String]) -> ScopeSet { ScopeSet(names.compactMap { indices[$0] }) }

    /// The names of a set, in the table's order.
    public func names(of set: ScopeSet) -> [String] {
        var found: [String] = []
        found.reserveCapacity(set.count)
        set.forEach { if $0 < names.count { found.append(names[$0]) } }
        return found
    }
}
