import Foundation
import Values

/// What a call knows while its question is put and its answer read.
///
/// Many values, passed from step to step: they are shared until one of those who hold them changes one.
@dynamicMemberLookup
public struct CallFacts: Sendable {
    public struct Known: Sendable {
        /// Values of the operation's parameters by slot.
        public var parameters: [JSON?]
        public var recipient: String?
        public var requestID: String
        public var tokenID: String
        public var organisation: String
        public var version: Int
        public var clock: WallClock
        public var settings: @Sendable (String) -> Redacted<String>?
        public var status = 0
        public var headers = HeaderList()
        public var content = Content.made(.null)
        /// The answer as it came.
        public var bytes: [UInt8] = []
        public var redirectedFrom: String?
        /// True where the body is a public answer of another hub, not a provider's.
        public var isForwarded = false
        /// The citizen's own token, where the call goes by FranceConnect.
        public var citizenToken: Redacted<String>?
        /// What the call says of itself, as sent: recipient, context, object.
        public var trace: [(name: String, value: String)] = []
        public var document: StoredDocument?
        /// Base of absolute links, without a closing slash.
        public var publicURL: String
        /// When all of it must be over; nil where nothing limits it yet.
        public var deadline: Deadline?
        /// An address of this service that stands for one of the provider's; nil where that one may not be reached.
        public var proxied: @Sendable (_ address: String) -> String? = { _ in nil }
    }

    /// One element: an array's storage is shared between copies until one of them is written to.
    @usableFromInline var storage: [Known]

    /// Inlined everywhere, so that the compiler sees through the path.
    @inlinable public subscript<Value>(dynamicMember path: WritableKeyPath<Known, Value>) -> Value {
        @inline(__always) get { storage[0][keyPath: path] }
        @inline(__always) set { storage[0][keyPath: path] = newValue }
    }

    public init(
        parameters: [JSON?], recipient: String?, requestID: String, tokenID: String, organisation: String,
        version: Int, clock: WallClock, publicURL: String, settings: @escaping @Sendable (String) -> Redacted<String>?
    ) {
        storage = [
            Known(
                parameters: parameters, recipient: recipient, requestID: requestID, tokenID: tokenID,
                organisation: organisation, version: version, clock: clock, settings: settings, publicURL: publicURL)
        ]
    }

    /// The provider's answer as JSON; null where it is none.
    public var body: JSON {
        get { storage[0].content.json }
        set { self.content = .made(newValue) }
    }

    /// The provider's answer as text.
    public var text: String { String(decoding: self.bytes, as: UTF8.self) }
}

extension CallFacts {
    /// What is known of a call before anybody is asked: its parameters and the day.
    init(asked values: [JSON?], today: CivilDate) {
        let noon = Paris.midnight(of: today).map { Date(timeIntervalSince1970: Double($0 + 12 * 3600)) }
        self.init(
            parameters: values, recipient: nil, requestID: "", tokenID: "", organisation: "", version: 0,
            clock: noon.map(WallClock.fixed) ?? .system, publicURL: "", settings: { _ in nil })
    }
}

/// A document that a provider delivered, kept for a while under an unguessable address.
public struct StoredDocument: Sendable {
    public let url: String
    public let expiresIn: Int
    /// Text of its pages; empty where it could not be read.
    public let pages: [String]

    public init(url: String, expiresIn: Int, pages: [String]) {
        self.url = url
        self.expiresIn = expiresIn
        self.pages = pages
    }
}

/// The provider's answer does not have the shape that its descriptor states. Holds no value of it.
public struct MappingFailure: Error, Hashable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}

/// Where an evaluation stands: the facts of the call, the node being read, the values named by `let`.
package struct Frame {
    let facts: CallFacts
    /// The text that nodes are parts of.
    let text: JSONText
    var node: Found
    var lets: [Found]
    var isMasked: Bool

    /// The first frame over those facts.
    init(facts: CallFacts, node: JSON, lets: [Found] = []) {
        self.facts = facts
        text = facts.storage[0].content.whole.text
        self.node = .made(node)
        self.lets = lets
        isMasked = false
    }

    /// The first frame over those facts, with the provider's body as node.
    package init(_ facts: CallFacts) {
        self.facts = facts
        (text, node) = facts.storage[0].content.whole
        lets = []
        isMasked = false
    }

    /// A frame within another.
    init(in outer: borrowing Frame, node: Found) {
        facts = outer.facts
        text = outer.text
        self.node = node
        lets = outer.lets
        isMasked = outer.isMasked
    }
}

extension Expression {
    /// The value in that frame; what is absent is null.
    package func value(in frame: borrowing Frame) throws(MappingFailure) -> JSON {
        switch try found(in: frame) {
        case .made(let value): value
        case .part(let place): frame.text.value(place)
        }
    }

    /// The text of that value; nil where it has none.
    package func text(in frame: borrowing Frame) throws(MappingFailure) -> String? {
        switch try value(in: frame) {
        case .string(let text): text
        case let value: value.text
        }
    }

    /// The same, left in the provider's text where it stands there.
    func found(in frame: borrowing Frame) throws(MappingFailure) -> Found {
        switch self {
        case .literal(let json): return .made(json)
        case .node: return frame.node
        case .fact(.body): return frame.facts.storage[0].content.whole.node
        case .fact(let fact): return .made(fact.value(in: frame.facts))
        case .named(let index): return frame.lets[index]
        case .member(let base, let key): return frame.text.part(key, of: try base.found(in: frame))
        case .list(let items):
            var values: [JSON] = []
            for item in items { values.append(try item.value(in: frame)) }
            return .made(.array(values))
        case .filter(let base, let condition):
            var kept: [JSON] = []
            for item in frame.text.items(try base.found(in: frame)) ?? []
            where try condition.holds(in: Frame(in: frame, node: item)) {
                kept.append(frame.text.value(item))
            }
            return .made(.array(kept))
        case .alternatives(let options):
            for option in options {
                let found = try option.found(in: frame)
                if !frame.text.isNull(found) { return found }
            }
            return .made(.null)
        case .apply(.simple(.blankIsNull), let base):
            let found = try base.found(in: frame)
            return frame.text.isBlank(found) ? .made(.null) : found
        case .apply(let transform, let base): return .made(try transform.apply(to: try base.value(in: frame), frame))
        case .template(let pieces):
            var text = ""
            for piece in pieces { text += try piece.text(in: frame) ?? "" }
            return .made(.string(text))
        case .choice(let branches):
            for branch in branches where try branch.condition?.holds(in: frame) ?? true {
                return try branch.value.found(in: frame)
            }
            return .made(.null)
        }
    }
}

extension Fact {
    func value(in facts: CallFacts) -> JSON {
        switch self {
        case .parameter(let slot): (facts.parameters[safe: slot] ?? nil) ?? .null
        case .status: .integer(facts.status)
        case .header(let name): .from(facts.headers[name])
        case .body: facts.body
        case .text: .string(facts.text)
        case .year: .integer(facts.clock.today.year)
        case .month: .integer(facts.clock.today.month)
        case .today: .string(facts.clock.today.description)
        case .now: .string(facts.clock.now().formatted(.iso8601))
        case .recipient: .from(facts.recipient)
        case .requestID: .string(facts.requestID)
        case .token: .string(facts.tokenID)
        case .organisation: .string(facts.organisation)
        case .version: .integer(facts.version)
        case .setting(let name): .from(facts.settings(name)?.exposed)
        case .redirectedFrom: .from(facts.redirectedFrom)
        case .documentURL: .from(facts.document?.url)
        case .documentExpiry: facts.document.map { .integer($0.expiresIn) } ?? .null
        case .documentPages: .array((facts.document?.pages ?? []).map(JSON.string))
        case .documentPage(let number): .from(facts.document?.pages[safe: number - 1])
        }
    }
}

extension JSON {
    /// The text as JSON; null for nil.
    static func from(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The member of that name, or the item at that place; null where there is none.
    func part(_ key: String) -> JSON {
        if case .array(let items) = self { return Int(key).flatMap { items[safe: $0] } ?? .null }
        return self[key] ?? .null
    }

    /// Equality of the descriptors: a number equals its text, for providers that write codes either way.
    func equals(_ other: JSON) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.string, .integer), (.integer, .string), (.decimal, _), (_, .decimal):
            return text != nil && text == other.text
        default: return false
        }
    }
}

extension Condition {
    func holds(in frame: borrowing Frame) throws(MappingFailure) -> Bool {
        switch self {
        case .always: return true
        case .equal(let left, let right): return try Self.isEqual(left, right, frame)
        case .different(let left, let right): return try !Self.isEqual(left, right, frame)
        case .greater(let left, let right):
            return Self.isOrdered(try right.value(in: frame), before: try left.value(in: frame))
        case .less(let left, let right):
            return Self.isOrdered(try left.value(in: frame), before: try right.value(in: frame))
        case .among(let value, let options):
            let found = try value.found(in: frame)
            return options.contains { frame.text.equals(found, $0) }
        case .listed(let value, let list):
            let value = try value.value(in: frame)
            return (try list.value(in: frame).items ?? []).contains { $0.equals(value) }
        case .blank(let value): return frame.text.isBlank(try value.found(in: frame))
        case .present(let value): return !frame.text.isBlank(try value.found(in: frame))
        case .absent(let value): return frame.text.isNull(try value.found(in: frame))
        case .startsWith(let left, let right):
            guard let left = try left.text(in: frame), let right = try right.text(in: frame) else {
                return false
            }
            return left.hasPrefix(right)
        case .contains(let left, let right):
            guard let left = try left.text(in: frame), let right = try right.text(in: frame) else {
                return false
            }
            return left.contains(right)
        case .matches(let value, let pattern): return try value.text(in: frame).map(pattern.matches) ?? false
        case .companyNumber(let value, let isEstablishment):
            guard let text = try value.text(in: frame) else { return false }
            return isEstablishment ? CompanyNumber.isSiret(text) : CompanyNumber.isSiren(text)
        case .all(let conditions):
            for condition in conditions where try !condition.holds(in: frame) { return false }
            return true
        case .any(let conditions):
            for condition in conditions where try condition.holds(in: frame) { return true }
            return false
        }
    }

    private static func isEqual(
        _ left: Expression, _ right: Expression, _ frame: borrowing Frame
    ) throws(MappingFailure) -> Bool {
        frame.text.equals(try left.found(in: frame), try right.value(in: frame))
    }

    /// Numbers are compared as numbers, other texts by their signs: dates written `YYYY-MM-DD` in their order.
    private static func isOrdered(_ left: JSON, before right: JSON) -> Bool {
        if let left = left.int, let right = right.int { return left < right }
        if let left = left.amount, let right = right.amount { return left < right }
        guard let left = left.text, let right = right.text else { return false }
        return left < right
    }
}
