import Values

/// What an address below `/proxy` stands for: something of a provider's, and who was given it.
struct SealedLink: Sendable, Hashable, Codable {
    /// The provider's address, or the name and identifier of one of its downloads.
    var address: String
    var operation: String
    /// Seconds since 1970.
    var expires: Int
    var holder: Holder

    /// Who was given the address: what is fetched there is traced under the same names.
    struct Holder: Sendable, Hashable, Codable {
        var token: String
        var grant: String?
        var organisation: String?
        var recipient: String?
        var purpose: String?
        /// A company's number or a person's pseudonym.
        var subject: String?
        var caseReference: String?
        var context: String?
        var agent: String?
        /// Of a vendor's call: its SIRET and the delegation under which it was made.
        var vendor: String?
        var delegation: String?
    }

    /// Seconds for which an address answers.
    enum Lifetime {
        static let file = 86_400
        static let download = 3_600
    }

    /// The name and identifier of a download; nil for a file.
    var download: (name: String, identifier: String)? { Self.download(address) }

    static func download(_ address: String) -> (name: String, identifier: String)? {
        guard address.hasPrefix("download:"), let slash = address.firstIndex(of: "/") else { return nil }
        return (String(address[..<slash].dropFirst("download:".count)), String(address[address.index(after: slash)...]))
    }
}

extension JSON {
    /// The same value with other texts.
    func replacingTexts(_ change: (String) throws -> String) rethrows -> JSON {
        switch self {
        case .string(let text): .string(try change(text))
        case .array(let items): .array(try items.map { try $0.replacingTexts(change) })
        case .object(let members):
            .object(try members.map { Member($0.key, try $0.value.replacingTexts(change)) })
        default: self
        }
    }
}
