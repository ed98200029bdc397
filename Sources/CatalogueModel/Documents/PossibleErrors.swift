import Values

/// An error that an operation can give, with the code that callers see.
public struct PossibleError: Sendable, Hashable {
    /// Five digits; the provider's number has taken the place of `NN`.
    public let code: String
    public let status: Int
    public let title: String
    public let detail: String
    public let parameter: String?
    public let header: String?
    /// What the caller can do about it.
    public let remedy: String?
    /// Who answers for it; nil for the hub itself.
    public let provider: String?
    /// The `error` of v2; nil in later versions.
    var v2Name: String?

    /// The parameter or header at fault, as errors tell it (JSON:API); nil where it is neither.
    var source: JSON? {
        parameter.map { ["parameter": .string($0)] } ?? header.map { ["header": .string($0)] }
    }
}

extension ErrorNomenclature {
    /// What a token may be refused for where it is bound to a key or a certificate, or shown as if it were.
    static let possession = ["00460", "00461", "00462", "00463", "00464", "00468"]

    /// Those of the hub's own errors, in the form of v3 and later.
    func ownErrors(_ codes: [String]) -> [PossibleError] {
        codes.compactMap { code in
            entry(code).map { entry in
                PossibleError(
                    code: code, status: entry.status, title: entry.title, detail: entry.detail,
                    parameter: entry.parameter, header: entry.header, remedy: entry.remedy, provider: nil, v2Name: nil)
            }
        }
    }
}

extension APIOperation {
    /// Every error that this operation can give, in the order of statuses and codes.
    public func possibleErrors(_ nomenclature: ErrorNomenclature) -> [PossibleError] {
        var seen: Set<String> = []
        return (commonErrors + parameterErrors + providerErrors)
            .compactMap { self.error($0, nomenclature) }
            .filter { seen.insert($0.code).inserted }
            .sorted { ($0.status, $0.code) < ($1.status, $1.code) }
    }

    /// True where the caller shows a token of ours.
    public var takesToken: Bool { identity == .parameters || identity == .either }

    /// True where the person's FranceConnect token may stand for their identity.
    public var takesFranceConnect: Bool { identity == .franceConnect || identity == .either }

    private func error(_ template: ProblemTemplate, _ nomenclature: ErrorNomenclature) -> PossibleError? {
        let code = template.code.hasPrefix("NN") ? errorPrefix + template.code.dropFirst(2) : template.code
        guard let entry = nomenclature.entry(code) else { return nil }
        let status = template.status ?? entry.status
        let v2 = style == .particulierV2 ? V2Errors.form(status, code) : nil
        return PossibleError(
            code: code, status: v2.map { template.v2?.status ?? $0.status } ?? status,
            title: template.title ?? entry.title, detail: template.detail ?? entry.detail,
            parameter: entry.parameter, header: entry.header, remedy: entry.remedy,
            provider: code.hasPrefix(errorPrefix) && errorPrefix != "00"
                ? errorProvider : nomenclature.providerNames[String(code.prefix(2))],
            v2Name: v2.map { template.v2?.error ?? $0.name })
    }

    /// What the way to any provider may end with, after its number.
    private static let failuresOnTheWay = ["000", "001", "002", "004", "009", "999"]
    /// The number of FranceConnect, which is asked who the citizen is before the operation's own provider is.
    public static let franceConnectPrefix = "51"

    private var commonErrors: [ProblemTemplate] {
        // A grant may have a limit of its own where the operation has none.
        var codes = ["00429", "00470", "00471", "00500", "00510"]
        if identity != .nobody { codes += ["00015", "00511"] }
        if takesToken {
            codes += ["00101", "00103", "00105", "00106", "00107", "00212", "00213"] + ErrorNomenclature.possession
            codes += ["00452", "00453", "00454", "00455", "00456"]
        }
        if takesFranceConnect {
            codes +=
                ["00472", "00501", "00101", "50001", "50002", "50003"]
                + Self.failuresOnTheWay.map { Self.franceConnectPrefix + $0 }
        }
        if !acceptedScopes.isEmpty { codes.append("00100") }
        if isProvable || sealsAddresses { codes.append("00502") }
        return codes.map { ProblemTemplate(code: $0) }
    }

    private var parameterErrors: [ProblemTemplate] {
        var traces = traceParameters.filter(\.isRequired).compactMap(\.missing)
        if !traceParameters.isEmpty { traces.append("00210") }
        let fictional = parameters.contains { $0.fictional != nil } ? ["00444"] : []
        return (traces + checks.map(\.code) + fictional).map { ProblemTemplate(code: $0) }
    }

    private var providerErrors: [ProblemTemplate] {
        // A bouquet tells the errors of its sources beside their values.
        if !gathered.isEmpty { return [] }
        var codes = ["00472", "00501", "NN006"] + Self.failuresOnTheWay.map { "NN" + $0 }
        // A provider that refuses a token twice is out of order for a while.
        if plans.contains(where: { $0.authentication?.retryOn.isEmpty == false }) { codes.append("NN011") }
        codes += plans.compactMap(\.authentication?.refusal)
        // What another hub in the provider's place may say of its own limits.
        if id.hasPrefix("api_") { codes += ["NN008", "NN011"] }
        let asked = (source ?? self).api.id
        if provider.maintenances.windows.contains(where: { $0.closes([asked]) }) { codes.append("NN020") }
        codes += provider.quotas.filter { quota in
            plans.contains { quota.concerns(client: $0.client, operation: $0.operation) }
        }.map(\.code)
        if let document { codes += ["00502", document.undecodable, document.empty, document.unexpected] }
        if let repetition { codes.append(repetition.code) }
        return codes.map { ProblemTemplate(code: $0) } + refusals.compactMap(\.problem)
    }
}
