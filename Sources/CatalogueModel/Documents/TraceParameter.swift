/// A parameter that says for whom and for what a call is made, common to the operations of a bouquet.
public struct TraceParameter: Sendable {
    public let name: String
    public let meaning: String
    public let example: String
    public let isRequired: Bool
    /// The error of a call without it.
    public let missing: String?
}

extension APIOperation {
    /// What a call must say about itself, besides the operation's own parameters: nothing for open data.
    public var traceParameters: [TraceParameter] {
        guard style != .open else { return [] }
        let recipient = TraceParameter(
            name: "recipient", meaning: "SIRET de l'organisme qui utilisera la donnée", example: "13002526500013",
            isRequired: style != .particulierV2, missing: "00203")
        guard style == .entreprise else { return [recipient] }
        return [
            recipient,
            TraceParameter(
                name: "context", meaning: "Cadre de l'appel : marché public, aide, subvention…",
                example: "Marché public", isRequired: true, missing: "00201"),
            TraceParameter(
                name: "object", meaning: "Référence du dossier pour lequel l'appel est fait",
                example: "Dossier 2026-0042", isRequired: true, missing: "00202"),
        ]
    }
}
