import Configuration
import Values

extension Settings {
    /// A name of the open family that a source gives: dotted where it is of the file, a variable otherwise.
    struct OpenName: Sendable {
        let text: String
        let isVariable: Bool
        var isAddress: Bool { text.hasSuffix(isVariable ? "_URL" : ".url") }
    }

    /// A setting of a data provider, or nil where no source gives it a value that is not blank.
    ///
    /// `settings.provider("cnav", "url")` reads `providers.cnav.url`; `path` may be deeper, as in `token.url`.
    /// An address comes without its last « / » and is nil where it is none (those known at start were refused then).
    public func provider(_ id: String, _ path: String) -> String? {
        let name = "providers.\(id).\(path)"
        let isAddress = path == "url" || path.hasSuffix(".url")
        let text = reader.string(forKey: ConfigKey(name), isSecret: !isAddress)
        guard let text, !text.isBlank else { return nil }
        return isAddress ? SettingKind<String>.providerAddress.parse(text) : text
    }

    /// The same for a secret: a password, a client's secret, a key.
    public func secret(_ id: String, _ path: String) -> Redacted<String>? {
        provider(id, path).map(Redacted.init)
    }

    /// The names given under `providers` that belong to none of these providers: mistakes that would go unseen.
    ///
    /// A value is never among them. A variable is taken as known where its name starts with that of a provider.
    public func strayProviderNames(known ids: some Sequence<String>) -> [String] {
        let ids = Array(ids)
        let prefixes = ids.map { "providers.\($0)." }
        let variables = ids.map { Self.environmentName(of: "providers.\($0).") }
        return openNames.filter { name in
            !(name.isVariable ? variables : prefixes).contains { name.text.hasPrefix($0) }
        }
        .map(\.text).sorted()
    }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
