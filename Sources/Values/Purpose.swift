import Foundation

/// A purpose that a grant's data may serve (RGPD art. 5-1 b), with how many calls it may cost.
///
/// A grant has at least one; exactly one is the one of calls that name none.
public struct Purpose: Sendable, Hashable, Codable, Identifiable {
    /// The word that calls name it by, unique within its grant: see ``isSlug(_:)``.
    public let id: String
    public var title: String
    /// The act that lets the data serve it; empty where nobody has declared it yet.
    public var legalBasis: String
    /// Nil: calls are counted and never refused for their number.
    public var quota: Quota?
    public var isDefault: Bool
    /// True where each call must name a case that is open in the grant's register.
    public var requiresCase: Bool

    /// The word of the purpose of a grant that declares only one.
    public static let principal = "principale"

    public init(
        id: String, title: String, legalBasis: String = "", quota: Quota? = nil, isDefault: Bool = false,
        requiresCase: Bool = false
    ) {
        self.id = id
        self.title = title
        self.legalBasis = legalBasis
        self.quota = quota
        self.isDefault = isDefault
        self.requiresCase = requiresCase
    }

    /// Whether a word may name a purpose: 1 to 40 small letters, digits and hyphens, that begins with a letter.
    public static func isSlug(_ text: String) -> Bool {
        guard (1...40).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7A).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// How many calls a purpose may make in one period of the civil time of Paris.
    public struct Quota: Sendable, Hashable, Codable {
        public var calls: Int
        public var period: Period

        public init(calls: Int, period: Period) {
            self.calls = calls
            self.period = period
        }

        /// The count from which the caller is warned: four fifths, rounded up.
        public var warning: Int { calls / 5 * 4 + (calls % 5 * 4 + 4) / 5 }
    }

    /// A period at the end of which counts begin again.
    public enum Period: String, Sendable, Hashable, Codable, CaseIterable {
        case day, month, year

        /// The period around an instant.
        public func span(at instant: Date) -> Span {
            let date = Paris.date(at: instant)
            let next: CivilDate =
                switch self {
                case .day: date.adding(days: 1)
                case .month: CivilDate(year: date.year, month: date.month, day: 1).endOfMonth(after: 0).adding(days: 1)
                case .year: CivilDate(year: date.year + 1, month: 1, day: 1)
                }
            let name = date.description.prefix(self == .day ? 10 : self == .month ? 7 : 4)
            // A date that exists has a midnight; were there none, the count would begin again a day later.
            let end = Paris.midnight(of: next) ?? Int(instant.timeIntervalSince1970) + 86_400
            return Span(name: String(name), end: end)
        }
    }

    /// One period: `2026-11-21`, `2026-11` or `2026`.
    public struct Span: Sendable, Hashable {
        public let name: String
        /// The midnight of Paris that ends it, in seconds since 1970.
        public let end: Int

        public init(name: String, end: Int) {
            self.name = name
            self.end = end
        }
    }
}

extension Grant {
    /// The purpose of calls that name none.
    public var defaultPurpose: Purpose? { purposes.first(where: \.isDefault) }
}

/// How many calls were made under a purpose in one period.
public struct PurposeCalls: Sendable, Hashable {
    public let grant: Grant.ID
    public let purpose: Purpose.ID
    /// The name of the period: see ``Purpose/Span``.
    public let span: String
    public let calls: Int

    public init(grant: Grant.ID, purpose: Purpose.ID, span: String, calls: Int) {
        self.grant = grant
        self.purpose = purpose
        self.span = span
        self.calls = calls
    }
}
