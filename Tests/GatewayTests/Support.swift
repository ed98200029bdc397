import Crypto
import Foundation
import JWTKit
import Values

@testable import CatalogueModel
@testable import Gateway

let noon = Date(timeIntervalSince1970: 1_780_000_000)

/// Operations and catalogues made by hand, so that each test shows all that it depends on.
enum Model {
    static let errors = ErrorNomenclature(
        [
            entry("00101", 401, parameter: "token"), entry("00107", 403, header: "X-Forwarded-For"),
            entry("00210", 422),
            entry("NN003", 404), entry("23003", 404), entry("00500", 500),
        ], providerNames: ["23": "CNAF", "17": "Bank"])

    static func entry(
        _ code: String, _ status: Int, parameter: String? = nil, header: String? = nil
    ) -> ErrorNomenclature.Entry {
        .init(
            code: code, status: status, title: "Title " + code, detail: "Detail " + code, parameter: parameter,
            header: header, remedy: nil)
    }

    static let catalogue = CompiledCatalogue(
        operations: [], apis: [], providers: [:], scopes: ScopeTable(["a", "b"]), limits: [], errors: errors,
        goneRoutes: [:])

    static func operation(
        _ id: String = "operation", limit: RateLimitGroup? = nil, index: Int = 0, slots: [String] = [],
        parameters: [Parameter] = []
    ) -> APIOperation {
        let api = APIDescription(
            id: "api", title: "", summary: "", bouquet: .particulier, provider: "bank", legalBasis: [], freshness: "",
            perimeter: "", audience: "", keywords: [], lifecycle: .stable, isOpen: false, scopes: [], citizen: "",
            recordings: [])
        let provider = ProviderDescription(
            id: "bank", title: "", addresses: [:], errorPrefix: "17", errorProvider: "Bank", maskText: "",
            maintenances: [])
        var draft = OperationDraft(api: api, provider: provider)
        draft.id = id
        draft.limit = limit
        draft.index = index
        draft.slots = slots
        draft.parameters = parameters
        draft.errorPrefix = "17"
        draft.errorProvider = "Bank"
        return APIOperation(draft)
    }

    static func parameter(_ name: String, slot: Int) -> Parameter {
        Parameter(
            name: name, meaning: "", example: nil, isRequired: false, isList: name.hasSuffix("[]"), isInPath: false,
            slot: slot, type: .text, among: [], plainName: name.hasSuffix("[]") ? String(name.dropLast(2)) : name)
    }
}

extension RightsTable {
    init(_ all: GrantSnapshot) { self.init(all, Model.catalogue.scopes, PurposeMeters()) }
}

/// A hub's keys, grants and tokens, and a forger who has time.
struct TokenBench {
    static let secret = [UInt8](repeating: 0x5A, count: 32)
    let ring: [String: any JWTAlgorithm]

    init() async throws {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256, kid: "ours")
        await keys.add(hmac: HMACKey(from: [UInt8](repeating: 1, count: 32)), digestAlgorithm: .sha256, kid: "older")
        ring = ["ours": try await keys.getKey(for: "ours"), "older": try await keys.getKey(for: "older")]
    }

    func snapshot(
        token: (inout AccessToken) -> Void = { _ in }, grant change: (inout Grant) -> Void = { _ in },
        isCurrent: Bool = true
    ) -> HubSnapshot {
        var grant = Grant(
            id: "grant", siret: "13002526500013", organisation: "Ville", title: "", purpose: "", scopes: ["a"],
            expires: noon.addingTimeInterval(3600))
        var access = AccessToken(id: "jti-1", grant: "grant", issued: noon, expires: noon.addingTimeInterval(60))
        change(&grant)
        token(&access)
        return HubSnapshot(
            catalogue: Model.catalogue, rights: RightsTable(GrantSnapshot(grants: [grant], tokens: [access])),
            verifiers: ring, isCurrent: isCurrent)
    }

    static func token(
        header: String = #"{"alg":"HS256","typ":"JWT","kid":"ours"}"#,
        claims: String = #"{"jti":"jti-1","scopes":["b"],"exp":1}"#, secret: [UInt8] = Self.secret
    ) -> String {
        let text = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        let key = SymmetricKey(data: secret)
        let code =
            header.contains("HS512")
            ? Data(HMAC<SHA512>.authenticationCode(for: Data(text.utf8), using: key))
            : Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
        return text + "." + Base64URL.encode(code)
    }

    /// A snapshot of vendors and what was delegated to them.
    func snapshot(_ grants: GrantSnapshot) -> HubSnapshot {
        HubSnapshot(catalogue: Model.catalogue, rights: RightsTable(grants), verifiers: ring)
    }

    /// The code of the refusal; nil where the token is accepted.
    static func code(_ token: String?, _ snapshot: HubSnapshot, at now: Date = noon) -> String? {
        switch Credentials(verified: VerifiedTokens()).holder(token.map { Redacted($0) }, snapshot, now: now) {
        case .success: nil
        case .failure(let refused): refused.code
        }
    }
}
