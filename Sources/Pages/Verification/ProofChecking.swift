import Proofs

/// Checks the code of a proof for a visitor.
public protocol ProofChecking: Sendable {
    func check(token: String, code: String) async -> ProofCheck
}

/// What a check came to.
public enum ProofCheck: Sendable {
    case verdict(Proofs.Verdict)
    /// Too many checks from there; seconds to wait.
    case tooMany(Int)
    /// The table cannot be read now.
    case unavailable
}
