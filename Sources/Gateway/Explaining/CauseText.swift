import CatalogueModel
import Foundation
import Ledger
import Values

/// What is known of the cause of a refusal, beside what its code says.
struct CauseText {
    let sentences: [String]

    init(_ record: CallRecord, _ code: String, _ today: ReplayedCall, _ now: Date) {
        let right = today.right
        let purpose = right?.purpose(named: record.purpose)
        switch code {
        case "00100": sentences = Self.scopes(right, today.operation)
        case "00107": sentences = Self.addresses(right)
        case "00429": sentences = Self.limit(right, today.operation)
        case "00452": sentences = Self.purposes(right)
        case "00453": sentences = purpose.map { Self.quota($0, now) } ?? []
        case "00454", "00455", "00456":
            sentences =
                purpose.map { right in
                    ["La finalité « \(right.purpose.title) » demande un dossier ouvert à chaque appel."]
                } ?? []
        case "00213", "00212": sentences = Self.delegations(record, today, now)
        default: sentences = Self.provider(record, code, today)
        }
    }

    private static func scopes(_ right: GrantRight?, _ operation: APIOperation?) -> [String] {
        guard let right, let operation else { return [] }
        return [
            "L'habilitation a : \(list(right.grant.scopes)).",
            "L'API demande un de ceux-ci : \(list(operation.acceptedScopeNames)).",
        ]
    }

    private static func addresses(_ right: GrantRight?) -> [String] {
        guard let allowed = right?.grant.allowedAddresses, !allowed.isEmpty else { return [] }
        return ["Adresses autorisées : \(list(allowed)). Celle de l'appel n'est pas gardée."]
    }

    private static func limit(_ right: GrantRight?, _ operation: APIOperation?) -> [String] {
        if case .perMinute(let calls) = right?.grant.limit {
            return ["L'habilitation permet \(calls) appels par minute, tous jetons réunis."]
        }
        guard let group = operation?.limit else { return [] }
        return ["Cette API permet \(group.calls) appels par jeton en \(group.period) secondes."]
    }

    private static func purposes(_ right: GrantRight?) -> [String] {
        guard let right else { return [] }
        let names = right.purposes.map { "\($0.purpose.id) (\($0.purpose.title))" }
        return ["Finalités de l'habilitation : \(list(names)). Le nom que donnait l'appel n'est pas gardé."]
    }

    private static func quota(_ right: PurposeRight, _ now: Date) -> [String] {
        guard let quota = right.purpose.quota,
            let reading = right.meter.read(quota, now: Int(now.timeIntervalSince1970))
        else { return ["La finalité n'a plus de quota."] }
        let reset = Paris.date(at: Date(timeIntervalSince1970: Double(reading.reset))).french
        return [
            "Quota déclaré : \(QuotaText.calls(quota.calls, quota.period)).",
            "Compte de la période en cours : \(reading.used). Il repart à zéro le \(reset) à 0 h, heure de Paris.",
        ]
    }

    private static func delegations(_ record: CallRecord, _ today: ReplayedCall, _ now: Date) -> [String] {
        guard let holder = record.ownToken.flatMap({ today.snapshot.rights.vendors[$0] })?.holder else { return [] }
        guard let body = record.recipient else {
            return ["L'appel ne désignait pas d'organisme par recipient ; l'identifiant de délégation n'est pas gardé."]
        }
        let found = holder.all.filter { $0.isInForce(now) && $0.right.grant.siret == body }
        return ["Délégations en cours de l'organisme \(body) à cet éditeur : \(found.count)."]
    }

    private static func provider(_ record: CallRecord, _ code: String, _ today: ReplayedCall) -> [String] {
        guard !code.hasPrefix("00"), let operation = today.operation, record.durations.provider > 0 else { return [] }
        return ["\(operation.provider.title) a été interrogé pendant \(record.durations.provider / 1000) ms."]
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "aucun" : names.joined(separator: ", ") }
}
