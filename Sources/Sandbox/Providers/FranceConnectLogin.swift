import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Values

/// The OpenID Connect side: authorization code flow (OpenID Connect Core 1.0 §3.1).
extension FranceConnectProvider {
    func configuration(_ issuer: String) -> Reply {
        .json([
            "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/authorize"),
            "token_endpoint": .string(issuer + "/token"), "userinfo_endpoint": .string(issuer + "/userinfo"),
            "jwks_uri": .string(issuer + "/jwks"), "introspection_endpoint": .string(issuer + "/checktoken"),
            "response_types_supported": ["code"], "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["ES256"],
            "userinfo_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "acr_values_supported": ["eidas1"],
        ])
    }

    /// Shows whom one may be, then sends the browser back with a code.
    func authorize(_ query: Form) -> Reply {
        guard query["client_id"] == credentials.clientID, query["response_type"] == "code",
            let redirection = query["redirect_uri"], let target = URL(string: redirection),
            target.scheme == "https" || target.scheme == "http", target.fragment == nil,
            let scopes = query["scope"], scopes.split(separator: " ").contains("openid")
        else { return .oauth("invalid_request") }
        guard let choice = query["person"] else { return .html(page(query)) }
        guard let person = position(of: choice) else { return .oauth("invalid_request") }
        let isHashed = query["code_challenge_method"] == "S256"
        guard query["code_challenge"] == nil || isHashed else { return .oauth("invalid_request") }
        let now = clock.now()
        let code = codes.open(
            Consent(
                person: person, scopes: scopes, redirection: redirection, nonce: query["nonce"],
                challenge: query["code_challenge"], ends: now.addingTimeInterval(60)), now: now)
        let state = query["state"].map { "&state=" + Form.encoded($0) } ?? ""
        let separator = target.query == nil ? "?" : "&"
        return Reply(status: .seeOther).with(.location, redirection + separator + "code=" + code + state)
    }

    /// Changes a code for tokens, once.
    func token(_ call: Call) -> Reply {
        let form = call.form
        let client = call.basic ?? (form["client_id"] ?? "", form["client_secret"] ?? "")
        guard credentials.accepts(client.0, client.1) else { return .oauth("invalid_client", status: .unauthorized) }
        guard form["grant_type"] == "authorization_code" else { return .oauth("unsupported_grant_type") }
        let now = clock.now()
        guard let consent = form["code"].flatMap({ codes.close($0, now: now) }),
            form["redirect_uri"] == consent.redirection, isProven(consent, form["code_verifier"])
        else { return .oauth("invalid_grant") }
        let renewed = Consent(
            person: consent.person, scopes: consent.scopes, redirection: consent.redirection, nonce: nil,
            challenge: nil, ends: now.addingTimeInterval(Self.life))
        let nonce: [JSON.Member] = consent.nonce.map { [.init("nonce", .string($0))] } ?? []
        let head = standardClaims(issuer(call))
        let subject = pivotIdentity(of: population.people[consent.person])["sub"] ?? .null
        let claims = JSON.object(head + nonce + [.init("sub", subject), .init("acr", "eidas1")])
        guard let identity = try? key.sign(claims) else { return .oauth("server_error", status: .internalServerError) }
        return .json([
            "access_token": .string(tokens.open(renewed, now: now)), "token_type": "Bearer",
            "expires_in": .integer(Int(Self.life)), "id_token": .string(identity), "scope": .string(consent.scopes),
        ]).with(.cacheControl, "no-store")
    }

    /// The identity as a signed token, as FranceConnect gives it.
    func userInfo(_ call: Call) -> Reply {
        guard let consent = call.bearer.flatMap({ tokens.find($0, now: clock.now()) }) else {
            return .oauth("invalid_token", status: .unauthorized)
        }
        let identity = pivotIdentity(of: population.people[consent.person]).members ?? []
        guard let token = try? key.sign(.object(standardClaims(issuer(call)) + identity)) else {
            return .oauth("server_error", status: .internalServerError)
        }
        return .text(token, type: "application/jwt")
    }

    private func standardClaims(_ issuer: String) -> [JSON.Member] {
        let now = Int(clock.now().timeIntervalSince1970)
        return [
            .init("iss", .string(issuer)), .init("aud", .string(credentials.clientID)), .init("iat", .integer(now)),
            .init("exp", .integer(now + Int(Self.life))),
        ]
    }

    private func isProven(_ consent: Consent, _ verifier: String?) -> Bool {
        guard let challenge = consent.challenge else { return true }
        return verifier.map { Base64URL.encode(SHA256.hash(data: Data($0.utf8))) } == challenge
    }

    /// The place of a person given by the key of a hand-written case, or by number.
    private func position(of choice: String) -> Int? {
        if let number = Int(choice) { return population.people.indices.contains(number) ? number : nil }
        return population.cases.first { $0.key == choice }?.person
    }

    private func page(_ query: Form) -> String {
        let asked = query.pairs.filter { $0.name != "person" && $0.name != "q" }
        let hidden = asked.map { "<input type=\"hidden\" name=\"\(escaped($0.name))\" value=\"\(escaped($0.value))\">" }
        let people = population.cases.compactMap { entry in
            entry.person.map { person in
                """
                <li><button name="person" value="\(entry.key)">\(escaped(population.people[person].fullName))</button>
                \(escaped(entry.description))</li>
                """
            }
        }
        return """
            <!doctype html>
            <html lang="fr"><head><meta charset="utf-8"><title>FranceConnect simulé</title></head>
            <body><main><h1>FranceConnect simulé</h1>
            <p>Choisissez la personne fictive que vous voulez être.</p>
            <form method="post" action="/authorize">\(hidden.joined())
            <ul>\(people.joined(separator: "\n"))</ul></form></main></body></html>
            """
    }

    /// The page shows texts of the query: unescaped, they could hold markup.
    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}

extension Reply {
    fileprivate static func html(_ page: String) -> Reply {
        .text(page, type: "text/html; charset=utf-8").with(.contentSecurityPolicy, "default-src 'none'")
    }
}
