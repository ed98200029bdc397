import CatalogueModel
import Foundation
import JWTKit
import Values

/// Asks FranceConnect whose access token it is (FranceConnect v2, introspection at `checktoken`).
///
/// The answer is a JWE for the hub that holds a JWS of FranceConnect: read by nobody on the way, made up by nobody.
public struct FranceConnect: Sendable {
    /// The person behind a token.
    public struct Citizen: Sendable {
        /// Canonical names of the hub's parameters and their values.
        public let identity: [String: JSON]
        /// As FranceConnect says them.
        public let scopes: [String]
        /// FranceConnect's identifier of the client that the token was given to.
        public let client: String
        /// FranceConnect's pseudonym of the person for that client.
        public let subject: String
        public let expires: Date
    }

    private let transport: any HTTPTransport
    private let configuration: any ProviderConfiguration
    private let keys: FranceConnectKeys
    private let breakers: Breakers
    private let clock: WallClock
    private let quotas: any QuotaKeeping
    private let traffic: Traffic

    public init(
        transport: any HTTPTransport, configuration: any ProviderConfiguration, keys: FranceConnectKeys,
        breakers: Breakers, clock: WallClock, quotas: any QuotaKeeping = LocalQuotas(), traffic: Traffic? = nil
    ) {
        self.transport = transport
        self.configuration = configuration
        self.keys = keys
        self.breakers = breakers
        self.clock = clock
        self.quotas = quotas
        self.traffic = traffic ?? Traffic(breakers: breakers)
    }

    /// The citizen of an access token.
    /// - Parameters:
    ///   - api: the API asked for; each may have a client of its own at FranceConnect.
    ///   - provider: FranceConnect's description in the catalogue.
    public func introspect(
        _ token: Redacted<String>, api: String, provider: ProviderDescription
    ) async -> Result<Citizen, ProblemTemplateError> {
        guard token.exposed.utf8.count <= 4096, token.exposed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return .failure(ProblemTemplateError("50001"))
        }
        let endpoint = Endpoint(provider: provider.id, address: "", timeout: .seconds(10))
        if case .refuse(let seconds) = breakers.ask(endpoint) {
            return .failure(ProblemTemplateError("NN001", retryIn: seconds))
        }
        let deadline = Deadline.after(endpoint.timeout)
        do {
            let response = try await check(token, api, provider, by: deadline)
            try response.refuseGatewayFailures()
            breakers.record(endpoint, success: response.status < 500)
            if let refusal = Self.refusal(response) { return .failure(refusal) }
            let claims = try await claims(response.body, provider, by: deadline)
            guard isForUs(claims, api, provider) else { return .failure(ProblemTemplateError("NN999")) }
            return try citizen(claims)
        } catch let error as ProblemTemplateError {
            return .failure(error)
        } catch let failure as TransportFailure where failure.isWithheld {
            breakers.release(endpoint)
            return .failure(ProblemTemplateError(failure.problem))
        } catch let failure as TransportFailure {
            breakers.record(endpoint, success: false)
            return .failure(ProblemTemplateError(failure.problem))
        } catch let failure as ProviderFailure {
            breakers.record(endpoint, success: true)
            return .failure(ProblemTemplateError(failure.problem))
        } catch {
            return .failure(ProblemTemplateError("NN999"))
        }
    }

    private func check(
        _ token: Redacted<String>, _ api: String, _ provider: ProviderDescription, by deadline: Deadline
    ) async throws -> ProviderResponse {
        guard let url = configuration.address("checktoken", of: provider) else { throw TransportFailure.unconfigured }
        let form = RequestPlan.encoded([
            ("client_id", configuration.setting(provider: provider.id, client: api, "client_id")?.exposed ?? ""),
            (
                "client_secret",
                configuration.setting(provider: provider.id, client: api, "client_secret")?.exposed ?? ""
            ),
            ("token", token.exposed),
        ])
        let request = ProviderRequest(
            method: .post, url: url, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(form.utf8))
        return try await send(request, to: provider, client: api, by: deadline)
    }

    private func send(
        _ request: ProviderRequest, to provider: ProviderDescription, client: String? = nil, by deadline: Deadline
    ) async throws -> ProviderResponse {
        let network = quotas.counting(
            transport, to: provider, at: request.target,
            data: configuration.address("checktoken", of: provider).flatMap { Target($0, identity: nil) },
            client: client)
        return try await traffic.of(provider.id).send(request, over: network, by: deadline, atMost: .seconds(10))
    }

    private static func refusal(_ response: ProviderResponse) -> ProblemTemplateError? {
        guard response.status != 200 else { return nil }
        let error = (try? JSON(parsing: response.body))?["error"]?.text
        switch (response.status, error) {
        case (400...401, "invalid_request"): return ProblemTemplateError("50001")
        case (400...401, "invalid_client"), (400...401, "invalid_token"): return ProblemTemplateError("50002")
        default: return ProblemTemplateError("NN999")
        }
    }

    /// The claims, decrypted with our key and checked with FranceConnect's, which is fetched each time.
    private func claims(
        _ body: [UInt8], _ provider: ProviderDescription, by deadline: Deadline
    ) async throws -> JSON {
        let text = String(decoding: body, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let signed = try JWE.decrypt(text, with: keys.privateKey())
        guard let url = configuration.address("jwks", of: provider) else { throw TransportFailure.unconfigured }
        let keySet = try await send(ProviderRequest(method: .get, url: url), to: provider, by: deadline)
        let parts = String(decoding: signed, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]).flatMap({ try? JSON(parsing: $0) }),
            header["alg"] == "ES256", let key = try await Self.key(header["kid"]?.text, keySet.body),
            let signature = Base64URL.decode(parts[2]),
            try key.verify(Data(signature), signs: Data((parts[0] + "." + parts[1]).utf8)),
            let payload = Base64URL.decode(parts[1]).flatMap({ try? JSON(parsing: $0) })
        else { throw ProblemTemplateError("NN999") }
        return payload
    }

    /// The elliptic-curve signing key of that identifier. Its algorithm is ours to say, never the header's.
    private static func key(_ kid: String?, _ keySet: [UInt8]) async throws -> (any JWTAlgorithm)? {
        let keys = (try JSON(parsing: keySet))["keys"]?.items ?? []
        let found = keys.first { key in
            key["kty"] == "EC" && key["crv"] == "P-256" && (key["use"] ?? "sig") == "sig"
                && (kid == nil || key["kid"]?.text == kid)
        }
        guard let x = found?["x"]?.text, let y = found?["y"]?.text else { return nil }
        let collection = JWTKeyCollection()
        await collection.add(ecdsa: try ES256PublicKey(parameters: (x, y)), kid: "france-connect")
        return try await collection.getKey(for: "france-connect")
    }

    /// Whether FranceConnect has said it, and to this hub, where `issuer` and `audience` are configured.
    private func isForUs(_ claims: JSON, _ api: String, _ provider: ProviderDescription) -> Bool {
        func setting(_ name: String) -> String? {
            configuration.setting(provider: provider.id, client: api, name)?.exposed
        }
        let audiences = claims["aud"]?.items ?? [claims["aud"] ?? .null]
        return (setting("issuer").map { claims["iss"] == .string($0) } ?? true)
            && (setting("audience").map { audiences.contains(.string($0)) } ?? true)
    }

    private func citizen(_ claims: JSON) throws -> Result<Citizen, ProblemTemplateError> {
        guard let token = claims["token_introspection"], token["active"] == true else {
            return .failure(ProblemTemplateError("50002"))
        }
        let expires = Date(timeIntervalSince1970: Double(token["exp"]?.int ?? 0))
        guard expires > clock.now() else { return .failure(ProblemTemplateError("50002")) }
        guard let family = token["family_name"]?.text, let given = token["given_name"]?.text,
            let birthdate = token["birthdate"]?.text
        else { return .failure(ProblemTemplateError("50003")) }
        var identity: [String: JSON] = [
            "nomNaissance": .string(family),
            "prenoms": .array(given.split(separator: " ").map { .string(String($0)) }),
            "sexeEtatCivil": token["gender"] == "male" ? "M" : "F",
        ]
        // FranceConnect writes 00 for an unknown part of the date; the hub leaves it out.
        for (name, part) in zip(
            ["anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"], birthdate.split(separator: "-"))
        where Int(part) ?? 0 != 0 { identity[name] = .string(String(part)) }
        if let place = token["birthplace"]?.text, !place.isEmpty {
            identity["codeCogInseeCommuneNaissance"] = .string(place)
        }
        if let country = token["birthcountry"]?.text, !country.isEmpty {
            identity["codeCogInseePaysNaissance"] = .string(country)
        }
        return .success(
            Citizen(
                identity: identity, scopes: (token["scope"]?.text ?? "").split(separator: " ").map(String.init),
                client: token["aud"]?.text ?? "", subject: token["sub"]?.text ?? "", expires: expires))
    }
}

/// An error of the nomenclature, thrown.
public struct ProblemTemplateError: Error, Sendable {
    public let problem: ProblemTemplate

    init(_ problem: ProblemTemplate) { self.problem = problem }

    init(_ code: String, retryIn: Int? = nil) {
        var problem = ProblemTemplate(code: code)
        problem.retryIn = retryIn
        self.problem = problem
    }
}
