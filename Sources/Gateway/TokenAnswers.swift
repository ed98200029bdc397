import CatalogueModel
import Foundation
import HTTPTypes
import Values

extension Gateway {
    /// What a token can ask about itself.
    enum TokenQuestion: Sendable {
        /// Its scopes, in the forms of the older versions.
        case privileges, introspectV2
        /// Everything about it.
        case introspection
        /// What was delegated to the vendor that holds it.
        case delegations
    }

    /// The addresses of those questions.
    static let tokenQuestions: [String: TokenQuestion] = [
        "/privileges": .privileges, "/v2/privileges": .privileges, "/api/introspect": .introspectV2,
        "/v3/token/introspect": .introspection, "/editeur/api/v1/delegations": .delegations,
    ]

    /// What the caller's token is told about itself; nil where the path asks for something else.
    func answerAboutToken(_ call: Call) async -> Answer? {
        guard let question = Self.tokenQuestions[call.path], call.method == "GET" else { return nil }
        let (snapshot, now) = (snapshot, parts.clock.now())
        let presentation = Presentation(style: question == .introspectV2 ? .particulierV2 : .entreprise)
        do throws(Credentials.Refused) {
            let holder = try await holder(call, snapshot, now)
            let body = try body(question, holder, call, now)
            let isNew = question == .introspection
            return Answer(
                status: 200, contentType: isNew ? presentation.contentType : "application/json",
                headers: Presentation.common(call), body: body.bytes)
        } catch {
            let problem = ProblemFactory(catalogue: snapshot.catalogue).problem(error.code)
            return presentation.answer([problem], call, AnswerFacts())
        }
    }

    /// Who holds the token of a call, from where it may be shown.
    func holder(
        _ call: Call, _ snapshot: HubSnapshot, _ now: Date
    ) async throws(Credentials.Refused) -> Credentials.Holder {
        let holder = try await holder(of: call, snapshot, now: now).get()
        guard holder.admits(call.remoteAddress) else { throw Credentials.Refused(code: "00107") }
        return holder
    }

    private func body(
        _ question: TokenQuestion, _ holder: Credentials.Holder, _ call: Call, _ now: Date
    ) throws(Credentials.Refused) -> JSON {
        if question == .delegations {
            // A grant's token holds no delegation, and learns of nobody else's.
            guard case .vendor(let right) = holder else { throw Credentials.Refused(code: "00100") }
            return DelegationPage(call.query).json(right.holder.all.reversed(), now)
        }
        let introspection = try TokenIntrospection(holder, NamedDelegation(call), address: call.remoteAddress, now: now)
        switch question {
        case .privileges: return ["data": ["privileges": introspection.scopes], "links": [:], "meta": [:]]
        case .introspectV2:
            return ["_id": .string(introspection.id), "name": "", "scopes": introspection.scopes]
        case .introspection, .delegations: return ["data": introspection.json(now), "links": [:], "meta": [:]]
        }
    }
}

extension Credentials.Holder {
    /// Whether the token may be shown from that address.
    func admits(_ address: String?) -> Bool {
        switch self {
        case .organisation(let right): right.right.addresses.admits(address)
        case .vendor(let right): right.holder.addresses.admits(address)
        }
    }
}

/// What a token is, and what it may do.
struct TokenIntrospection {
    let id: String
    private let isVendor: Bool
    private let issued: Date
    private let expires: Date
    private let siret: String
    /// Nil for a vendor that names no delegation.
    private let grant: Grant?
    private let delegation: Delegation?
    private let confirmation: Confirmation?
    private let purposes: [PurposeRight]

    /// - Throws: 00212 or 00213 where a vendor names a delegation that is not one, 00107 where the body's list of
    ///   addresses lacks that one.
    init(
        _ holder: Credentials.Holder, _ named: NamedDelegation, address: String?, now: Date
    ) throws(Credentials.Refused) {
        switch holder {
        case .organisation(let right):
            (id, isVendor, issued, siret) = (right.token.id, false, right.token.issued, right.grant.siret)
            (grant, delegation, confirmation) = (right.grant, nil, right.confirmation)
            purposes = right.right.purposes
            expires = min(right.token.expires, right.grant.expires)
        case .vendor(let vendor):
            let delegated = named.isEmpty ? nil : try vendor.holder.delegation(named, now: now).get()
            guard delegated?.right.addresses.admits(address) ?? true else { throw Credentials.Refused(code: "00107") }
            (id, isVendor, issued) = (vendor.token.id, true, vendor.token.issued)
            (grant, delegation) = (delegated?.right.grant, delegated?.delegation)
            confirmation = vendor.confirmation
            purposes = delegated?.right.purposes ?? []
            siret = grant?.siret ?? vendor.holder.vendor.siret
            expires = min(vendor.token.expires, grant?.expires ?? .distantFuture)
        }
    }

    var scopes: JSON { .array((grant?.scopes ?? []).map(JSON.string)) }

    func json(_ now: Date) -> JSON {
        let limit: JSON = if case .perMinute(let calls) = grant?.limit { .integer(calls) } else { .null }
        var facts: JSON = [
            "id": .string(id), "type": isVendor ? "editeur" : "standard", "scopes": scopes,
            "demande_acces_id": grant.map { .string($0.id) } ?? .null,
            "datapass_id": grant?.datapassID.map(JSON.string) ?? .null,
            "siret_souscripteur": .string(siret),
            "date_emission": .string(issued.formatted(.iso8601)),
            "date_expiration": .string(expires.formatted(.iso8601)),
            "duree_validite_restante_en_secondes": .integer(max(0, Int(expires.timeIntervalSince(now)))),
            "rate_limit_par_minute": limit, "finalites": .array(purposes.map { $0.json(now) }),
            "delegation": delegation.map { ["id": .string($0.id), "siret_delegant": .string(siret)] } ?? .null,
        ]
        // Left out of the tokens that are bound to nothing: their answer is that of the national hubs.
        if let confirmation, let members = facts.members {
            facts = .object(members + [.init("cnf", confirmation.json)])
        }
        return facts
    }
}

/// One page of the delegations of a vendor.
struct DelegationPage {
    private static let most = 100
    private let number: Int
    private let size: Int

    /// What is no number, or out of bounds, counts as the nearest that is in: page 1, 25 entries, at most 100.
    init(_ query: QueryParameters) {
        func wanted(_ name: String, _ usual: Int) -> Int { max(1, query.value(name).flatMap { Int($0) } ?? usual) }
        // Bounded so that its product with the size is a number.
        number = min(wanted("page", 1), 1_000_000)
        size = min(wanted("per_page", 25), Self.most)
    }

    func json(_ delegations: [DelegatedRight], _ now: Date) -> JSON {
        let shown = delegations.dropFirst((number - 1) * size).prefix(size)
        return [
            "data": .array(shown.map { Self.item($0, now) }),
            "meta": [
                "page": .integer(number), "per_page": .integer(size), "total": .integer(delegations.count),
                "total_pages": .integer((delegations.count + size - 1) / size),
            ],
        ]
    }

    private static func item(_ delegated: DelegatedRight, _ now: Date) -> JSON {
        let (delegation, grant) = (delegated.delegation, delegated.right.grant)
        let isRevoked = delegation.revoked != nil || grant.revoked != nil
        return [
            "id": .string(delegation.id), "authorization_request_id": .string(grant.id), "siret": .string(grant.siret),
            "intitule": .string(grant.title), "scopes": .array(grant.scopes.map(JSON.string)),
            "statut": isRevoked ? "revoquee" : grant.expires <= now ? "expiree" : "active",
            "created_at": .string(delegation.created.formatted(.iso8601)),
        ]
    }
}
