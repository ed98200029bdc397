import Crypto
import Foundation
import Hummingbird
import Values

/// FranceConnect version 2: an OpenID provider for fictional people, and the check of access tokens.
struct FranceConnectProvider: SimulatedProvider {
    static let id = "france_connect"

    let population: Population
    let credentials: Credentials
    let clock: WallClock
    let codes = FranceConnectSessions()
    let tokens = FranceConnectSessions()
    let key = SigningKey()
    private let cases: [String: TestCase]
    private let clientKeys: String?
    private let scopes: String

    /// The life of an access token in seconds.
    static let life: TimeInterval = 600

    init(_ options: SandboxOptions, population: Population) throws(TestCaseError) {
        self.population = population
        clock = options.clock
        credentials = Credentials(clientID: options.clientID, secret: options.secret, clock: options.clock)
        clientKeys = options.clientKeys
        scopes = (["openid", "identite_pivot"] + options.scopes).joined(separator: " ")
        var cases: [String: TestCase] = [:]
        if let folder = options.franceConnectCases {
            for entry in try TestCases.load(folder) {
                guard let token = entry.parameters["token"]?.text else {
                    throw TestCaseError(file: folder + "/" + entry.name, reason: "`params` has no `token`")
                }
                cases[token] = entry
            }
        }
        self.cases = cases
    }

    func answer(_ call: Call) async -> Reply {
        switch (call.method, call.path) {
        case (.get, "/.well-known/openid-configuration"): configuration(issuer(call))
        case (.get, "/jwks"): .json(["keys": [key.publicKey]])
        case (.get, "/authorize"): authorize(call.query)
        case (.post, "/authorize"): authorize(call.form)
        case (.post, "/token"): token(call)
        case (.get, "/userinfo"), (.post, "/userinfo"): userInfo(call)
        case (.post, "/checktoken"): checkToken(call)
        default: .notFound
        }
    }

    func issuer(_ call: Call) -> String { "http://" + call.authority }

    /// The introspection of an access token: signed, then encrypted for the hub.
    private func checkToken(_ call: Call) -> Reply {
        let form = call.form
        guard let token = form["token"], token.utf8.count <= 2000, !token.contains(where: \.isWhitespace) else {
            return .oauth("invalid_request")
        }
        guard credentials.accepts(form["client_id"], form["client_secret"]) else {
            return .oauth("invalid_client", status: .unauthorized)
        }
        if let entry = cases[token], entry.status != 200 {
            return .text(
                String(decoding: entry.payload, as: UTF8.self), type: "application/json",
                status: .init(code: entry.status))
        }
        guard let claims = claims(of: token, issuer: issuer(call)) else {
            return .oauth("invalid_client", status: .unauthorized)
        }
        guard let clientKeys, let file = FileManager.default.contents(atPath: clientKeys),
            let keys = try? JSON(parsing: file), let reader = EncryptionKey(keySet: keys),
            let sealed = try? reader.encrypt(key.sign(claims))
        else { return .oauth("server_error", status: .internalServerError) }
        return .text(sealed, type: "application/jwt")
    }

    private func claims(of token: String, issuer: String) -> JSON? {
        let now = Int(clock.now().timeIntervalSince1970)
        if let entry = cases[token] {
            guard let published = try? JSON(parsing: entry.payload) else { return nil }
            return refreshed(published, token: token, issuer: issuer, now: now)
        }
        if token.hasPrefix("fc-"), let person = population.featuredPerson(String(token.dropFirst(3))) {
            return introspection(of: person, scopes: scopes, token: token, issuer: issuer, now: now)
        }
        guard let consent = tokens.find(token, now: clock.now()) else { return nil }
        let person = population.people[consent.person]
        return introspection(of: person, scopes: consent.scopes, token: token, issuer: issuer, now: now)
    }

    private func introspection(of person: Person, scopes: String, token: String, issuer: String, now: Int) -> JSON {
        let identity = pivotIdentity(of: person)
        let head: [JSON.Member] = [.init("active", true), .init("scope", .string(scopes))]
        let content = JSON.object(head + (identity.members ?? []))
        return refreshed(["token_introspection": content], token: token, issuer: issuer, now: now)
    }

    /// The claims with what they leave out, and with dates of today where theirs are past.
    private func refreshed(_ claims: JSON, token: String, issuer: String, now: Int) -> JSON {
        var inner = claims["token_introspection"] ?? [:]
        let digest = SHA256.hash(data: Data(token.utf8)).prefix(16)
        let isPast = inner["exp"]?.int.map { $0 <= now } ?? true
        if isPast {
            inner.set("iat", .integer(now))
            inner.set("exp", .integer(now + Int(Self.life)))
        }
        inner.setDefault("active", true)
        inner.setDefault("aud", .string(credentials.clientID))
        inner.setDefault("sub", .string(Base64URL.encode(digest) + "v1"))
        inner.setDefault("iat", .integer(now))
        inner.setDefault("acr", "eidas1")
        inner.setDefault("jti", .string(Base64URL.encode(digest)))
        var outer = claims
        outer.set("iat", .integer(now))
        outer.setDefault("iss", .string(issuer))
        outer.setDefault("aud", .string(credentials.clientID))
        outer.set("token_introspection", inner)
        return outer
    }

    /// The identity that FranceConnect vouches for (arrêté of 8 November 2018).
    func pivotIdentity(of person: Person) -> JSON {
        let birth = person.birthDate(on: population.clock.today)
        let seed = "\(person.birthName)|\(person.firstNames)|\(person.birth)|\(person.family)"
        let subject = SHA256.hash(data: Data(seed.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let usage: [JSON.Member] = person.usageName.map { [.init("preferred_username", .string($0))] } ?? []
        return .object(
            [
                .init("sub", .string(subject.joined() + "v1")),
                .init("gender", person.sex == .female ? "female" : "male"),
                .init("family_name", .string(person.birthName)),
                .init("given_name", .string(person.firstNames.joined(separator: " "))),
                .init("given_name_array", .array(person.firstNames.map(JSON.string))),
                .init("birthdate", .string(birth.description)), .init("birthplace", .string(person.commune ?? "")),
                .init("birthcountry", .string(person.country)),
            ] + usage)
    }
}

extension JSON {
    /// Gives a member that value.
    fileprivate mutating func set(_ key: String, _ value: JSON) {
        guard case .object(var members) = self else { return }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = value
        } else {
            members.append(.init(key, value))
        }
        self = .object(members)
    }

    /// Gives a member that value where it has none.
    fileprivate mutating func setDefault(_ key: String, _ value: JSON) {
        if self[key] ?? .null == .null { set(key, value) }
    }
}
