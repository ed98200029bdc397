import CatalogueModel
import Values

extension APIOperation {
    /// The call's values by slot, as sent; what is blank counts as absent. Where FranceConnect says who the citizen is,
    /// the call says nothing of it: an identity of two sources would be that of nobody.
    package func values(_ query: QueryParameters, _ variables: [String: String], _ identity: [String: JSON]?) -> [JSON?]
    {
        // `repeating:` asks the runtime each time what the array is: measured, 800 instructions.
        var values: [JSON?] = []
        values.reserveCapacity(slots.count)
        for _ in slots.indices { values.append(nil) }
        for parameter in parameters {
            guard let value = value(parameter, query, variables), !value.isBlank else { continue }
            values[parameter.slot] = value
        }
        guard let identity else { return values }
        for (slot, name) in slots.enumerated() where Self.isOfIdentity(name) { values[slot] = identity[name] }
        return values
    }

    private static func isOfIdentity(_ name: String) -> Bool {
        FranceConnectIdentity.parameters.contains(name)
            || ["nomUsage", "nomCommuneNaissance", "codeCogInseeDepartementNaissance", "ine"].contains(name)
    }

    private func value(_ parameter: Parameter, _ query: QueryParameters, _ variables: [String: String]) -> JSON? {
        if parameter.isInPath { return variables[parameter.plainName].map(JSON.string) }
        guard parameter.isList else { return query.value(parameter.name).map(JSON.string) }
        let items = query.values(parameter.name)
        if !items.isEmpty { return .array(items.map(JSON.string)) }
        // `prenoms=` without brackets is one value where a list is wanted: the check says so.
        return query.value(parameter.plainName).map(JSON.string)
    }

    /// The first error of each check that fails, in the order of the descriptor.
    package func failedChecks(_ values: [JSON?], today: CivilDate) -> [(code: String, parameter: String)] {
        checks.compactMap { check in
            check.accepts(values, today: today) ? nil : (check.code, check.parameter)
        }
    }

    /// The parameters by their names on the wire, to find a published test case.
    func namedParameters(
        _ query: QueryParameters, _ variables: [String: String], _ identity: [String: JSON]?
    ) -> [String: JSON] {
        var named = identity ?? [:]
        for parameter in parameters {
            let canonical = slots[parameter.slot]
            // A citizen's identity goes by the names of this version too.
            if let identity, Self.isOfIdentity(canonical) {
                named[parameter.plainName] = identity[canonical]
            } else if let value = value(parameter, query, variables) {
                named[parameter.plainName] = value
            }
        }
        return named
    }
}

/// The parameters that trace a call: who uses the data, and for what (CRPA R114-9-7).
struct Traceability: Sendable {
    let recipient: String?
    let context: String?
    let object: String?
    /// True where the recipient, if given, is a SIRET.
    let hasValidRecipient: Bool

    init(_ query: QueryParameters) {
        func given(_ name: String) -> String? {
            query.value(name).flatMap { $0.isBlank ? nil : $0 }
        }
        recipient = given("recipient")
        context = given("context")
        object = given("object")
        hasValidRecipient = recipient.map(CompanyNumber.isSiret) ?? true
    }

    /// Codes of what is missing, all of them.
    func missing(_ style: APIOperation.Style, isFranceConnect: Bool) -> [String] {
        switch style {
        case .entreprise:
            return [context == nil ? "00201" : nil, object == nil ? "00202" : nil, recipient == nil ? "00203" : nil]
                .compactMap(\.self)
        case .particulier: return recipient == nil ? ["00203"] : []
        case .particulierV2: return isFranceConnect && recipient == nil ? ["00203"] : []
        case .open: return []
        }
    }

    /// What was given, under its names.
    var pairs: [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        if let recipient { pairs.append(("recipient", recipient)) }
        if let context { pairs.append(("context", context)) }
        if let object { pairs.append(("object", object)) }
        return pairs
    }
}
