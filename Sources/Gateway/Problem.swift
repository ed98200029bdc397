import CatalogueModel
import Logging
import Values

/// An error as the caller sees it.
public struct Problem: Error, Sendable {
    public let code: String
    public let status: Int
    let title: String
    let detail: String
    var parameter: String?
    var header: String?
    var meta: [JSON.Member] = []
    var v2: ProblemTemplate.V2Form?
    var retryAfter: Int?

    /// The error object of v3 and later (JSON:API); what is unknown is left out.
    var object: JSON {
        var members: [JSON.Member] = [
            .init("code", .string(code)), .init("title", .string(title)), .init("detail", .string(detail)),
        ]
        if let parameter {
            members.append(.init("source", ["parameter": .string(parameter)]))
        } else if let header {
            members.append(.init("source", ["header": .string(header)]))
        }
        members.append(.init("meta", .object(meta)))
        return .object(members)
    }

    /// The body in the conventions of v2: one object, its own statuses, the same sentence twice.
    var v2Form: (status: Int, body: JSON) {
        let (status, error) = V2Errors.form(status, code)
        let reason = v2?.reason ?? detail
        return (
            v2?.status ?? status,
            ["error": .string(v2?.error ?? error), "reason": .string(reason), "message": .string(detail)]
        )
    }
}

/// Makes errors from the nomenclature, and none other.
struct ProblemFactory {
    let catalogue: CompiledCatalogue
    private static let logger = Logger(label: "unefois.gateway")

    init(catalogue: CompiledCatalogue) { self.catalogue = catalogue }

    /// The error of that code. A code that the nomenclature lacks cannot be: the catalogue's check sees to it; should
    /// it happen all the same, the call fails as an internal error.
    func problem(_ code: String, parameter: String? = nil, meta: [JSON.Member] = []) -> Problem {
        guard let entry = catalogue.errors.entry(code) else { return unknown(code) }
        return Problem(
            code: code, status: entry.status, title: entry.title, detail: entry.detail,
            parameter: parameter ?? entry.parameter, header: entry.header, meta: meta)
    }

    private func unknown(_ code: String) -> Problem {
        Self.logger.error("une erreur n'est pas dans la nomenclature", metadata: ["code": "\(code)"])
        let entry = catalogue.errors.entry("00500")
        return Problem(
            code: "00500", status: 500, title: entry?.title ?? "Erreur interne",
            detail: entry?.detail ?? "Erreur interne du service.")
    }

    /// A provider's error, with its number and name.
    func problem(_ template: ProblemTemplate, _ operation: APIOperation?, _ facts: CallFacts?) -> Problem {
        let prefix = operation?.errorPrefix ?? APIOperation.franceConnectPrefix
        let code = template.code.hasPrefix("NN") ? prefix + template.code.dropFirst(2) : template.code
        guard catalogue.errors.entry(code) != nil else { return unknown(code) }
        var meta: [JSON.Member] = []
        let own = code.prefix(2) == prefix && prefix != "00" ? operation?.errorProvider : nil
        if let name = own ?? catalogue.errors.providerNames[String(code.prefix(2))] {
            meta.append(.init("provider", .string(name)))
        }
        if let seconds = template.retryIn { meta.append(.init("retry_in", .integer(seconds))) }
        if let facts, let members = try? template.meta(facts) { meta += members }
        let base = problem(code)
        return Problem(
            code: code, status: template.status ?? base.status, title: template.title ?? base.title,
            detail: template.detail ?? base.detail, parameter: base.parameter, header: base.header, meta: meta,
            v2: template.v2)
    }
}
