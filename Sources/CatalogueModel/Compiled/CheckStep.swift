/// One step of a call's way, at which it may be refused.
public struct CheckStep: Sendable, Hashable, Identifiable {
    public let id: String
    public let title: String
    /// What the hub does there, in French.
    public let text: String
    /// Beginnings of the codes of its refusals.
    let codes: [String]

    public init(id: String, title: String, text: String, codes: [String]) {
        self.id = id
        self.title = title
        self.text = text
        self.codes = codes
    }

    /// How much of a code it lists; 0: it is not one of its own.
    fileprivate func fit(_ code: String) -> Int {
        let isProvider = !code.hasPrefix("00") && !code.hasPrefix("50")
        let shared = isProvider ? "NN" + code.dropFirst(2) : code
        // Of two beginnings of one length that of the code itself counts more than that of all providers.
        return codes.map { code.hasPrefix($0) ? $0.count * 2 + 1 : shared.hasPrefix($0) ? $0.count * 2 : 0 }.max() ?? 0
    }
}

extension ErrorNomenclature {
    /// The step at which a call ends with that code; nil where none lists it.
    public func step(_ code: String) -> CheckStep? {
        let fits = steps.map { (step: $0, fit: $0.fit(code)) }
        return fits.max { $0.fit < $1.fit }.flatMap { $0.fit > 0 ? $0.step : nil }
    }
}

extension CatalogueCompiler {
    /// The steps of the file that lists them.
    func steps(_ files: [Element]) -> [CheckStep] {
        files.flatMap { $0["steps"]?.items ?? [] }.compactMap { item in
            item.allow(["id", "title", "text", "codes"], diagnostics)
            let codes = item["codes"]?.items.compactMap(\.text) ?? []
            guard let id = item["id"]?.text, let title = item["title"]?.text, let text = item["text"]?.text,
                !codes.isEmpty, codes.count == item["codes"]?.items.count
            else {
                diagnostics.error("a step wants id, title, text and codes", at: item)
                return nil
            }
            return CheckStep(id: id, title: title, text: text, codes: codes)
        }
    }
}
