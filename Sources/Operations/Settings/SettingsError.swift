/// The settings that were refused, all at once: an operator should not fix one to learn of the next.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// One sentence each, in French, with the name, the source and what is expected; never a secret.
    public private(set) var problems: [String]

    init(_ problems: String...) { self.problems = problems }

    mutating func add(_ problem: String) { problems.append(problem) }
    mutating func add(_ other: SettingsError) { problems += other.problems }

    public var description: String {
        (["Démarrage refusé, réglages à corriger :"] + problems.map { "  - \($0)" }).joined(separator: "\n")
    }
}
