import Values

/// Explains a call to whoever holds a token of the grant that it was made under.
public protocol CallExplaining: Sendable {
    /// - Parameters:
    ///   - request: `X-Request-Id` of the call's answer.
    ///   - token: a token of the same grant, or of the same vendor.
    func explain(request: String, token: Redacted<String>) async -> CallExplanation
}

/// What an explanation came to.
public enum CallExplanation: Sendable {
    /// One for each call of the request: a bouquet makes several.
    case explained([Explanation])
    /// No call of that number under that right.
    case unknown
    /// The token itself is refused, for that reason.
    case refusedToken(Explanation)
    /// Too many explanations from there; seconds to wait.
    case tooMany(Int)
    /// The ledger cannot be read now.
    case unavailable
}
