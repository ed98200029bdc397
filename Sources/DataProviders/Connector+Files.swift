import CatalogueModel
import Values

/// Files that stand at a provider's own addresses, and documents that it delivers on demand.
extension Connector {
    /// The address as it may be asked for; nil for one that is not the provider's.
    ///
    /// An answer must not send the hub, with the provider's credentials, to a machine that the answer chooses: scheme,
    /// host and port are those of an address that the configuration gives for this provider (CWE-918).
    ///
    /// A descriptor may write it from one of the provider's addresses: `name:/path`.
    public func address(_ text: String, of provider: ProviderDescription) -> String? {
        guard let text = absolute(text, of: provider) else { return nil }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte <= 0x1F || byte == 0x7F || byte == UInt8(ascii: "\\") { return nil }
            if byte == UInt8(ascii: "#") { break }
            if byte == 0x20 || byte >= 0x80 {
                bytes += Array(RequestPlan.percentEncoded(byte).utf8)
            } else {
                bytes.append(byte)
            }
        }
        let url = String(decoding: bytes, as: UTF8.self)
        guard url.utf8.count <= 2048, let target = Target(url, identity: nil) else { return nil }
        return origins(of: provider).contains(target.origin) ? url : nil
    }

    private func absolute(_ text: String, of provider: ProviderDescription) -> String? {
        guard let colon = text.firstIndex(of: ":"), provider.addresses[String(text[..<colon])] != nil else {
            return text
        }
        let path = text[text.index(after: colon)...]
        guard path.hasPrefix("/"), !path.hasPrefix("//") else { return nil }
        return configuration.address(String(text[..<colon]), of: provider).map { base in
            (base.hasSuffix("/") ? String(base.dropLast()) : base) + path
        }
    }

    private func origins(of provider: ProviderDescription) -> Set<Target.Origin> {
        let bases =
            [configuration.url(provider: provider.id, address: nil)]
            + provider.addresses.keys.map { configuration.address($0, of: provider) }
        return Set(bases.compactMap { $0.flatMap { Target($0, identity: nil)?.origin } })
    }

    /// Fetches the file at an address of the provider's. No redirection is followed.
    public func file(at url: String, of provider: ProviderDescription, _ asked: CallFacts) async -> Outcome {
        guard let url = address(url, of: provider) else { return .refused(ProblemTemplate(code: "NN999"), asked) }
        return await inquire(of: Endpoint(provider, provider.files), for: "proxy_files", asked) { facts in
            try await exchange(provider.files, provider, at: url, &facts)
        } judge: { facts in
            Self.refusal(ofFile: facts)
        }
    }

    /// The error for a file that did not come: each failure of its server has a code of its own.
    private static func refusal(ofFile facts: CallFacts) -> ProblemTemplate? {
        let codes = [
            403: "00601", 404: "NN003", 405: "00011", 429: "00602", 500: "00603", 502: "00604", 503: "00605",
            504: "00606",
        ]
        guard facts.status == 200 else { return ProblemTemplate(code: codes[facts.status] ?? "NN999") }
        let isPDF = facts.headers["content-type"]?.lowercased().hasPrefix("application/pdf") ?? false
        return isPDF && !facts.bytes.starts(with: Array("%PDF-".utf8)) ? ProblemTemplate(code: "NN055") : nil
    }

    /// Fetches a document by its identifier and keeps it.
    public func download(
        _ plan: DownloadPlan, identifier: String, of provider: ProviderDescription, _ asked: CallFacts
    ) async -> Outcome {
        var asked = asked
        asked.parameters = [.string(identifier)]
        guard plan.identifier?.matches(identifier) ?? true else {
            var problem = ProblemTemplate(code: "00501")
            problem.status = 422
            return .refused(problem, asked)
        }
        return await inquire(of: Endpoint(provider, plan.request), for: "proxy_download", asked) { facts in
            try await exchange(plan.request, provider, &facts)
        } judge: { facts in
            if let problem = try plan.verdict(on: facts) { return problem }
            return try await keep(plan.document, &facts, unless: plan.verdict)
        }
    }
}
