/// The reference that an organisation gives a case it handles: a text that may name somebody, so it is kept nowhere.
public enum CaseReference {
    /// Bytes that a reference may have.
    public static let longest = 128

    /// The reference without blanks around it; nil where it is blank, too long, or holds control characters.
    public static func accepted(_ text: String?) -> String? {
        guard let text else { return nil }
        let trimmed = text.drop { $0.isWhitespace }
        let end = trimmed.lastIndex { !$0.isWhitespace }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
        let reference = trimmed[..<end]
        guard (1...longest).contains(reference.utf8.count), reference.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return String(reference)
    }
}

/// What a register of cases says of a reference.
public enum CaseState: Sendable, Hashable {
    case open
    case closed
    case unknown
    /// The register has not been read lately: nothing may be decided from it.
    case unreadable
}

/// The cases that organisations have open, found without waiting.
public protocol CaseRegistering: Sendable {
    /// - Parameter reference: one that ``CaseReference/accepted(_:)`` gave.
    func state(of reference: String, in grant: Grant.ID) -> CaseState

    /// Opens cases of a grant, or closes them; known here at once, by every process within a second.
    /// - Returns: how many were not so already; nil where the grant would have more open cases than it may.
    func set(_ references: [String], of grant: Grant.ID, open: Bool) async throws -> Int?
}
