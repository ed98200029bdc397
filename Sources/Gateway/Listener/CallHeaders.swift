import Values

/// The headers of a request that the hub reads, found in one pass.
struct CallHeaders {
    var authorization: String?
    var apiKey: String?
    var requestID: String?
    var cacheControl: String?
    var delegationID: String?
    var agentID: String?
    var proof: String?
    var forwardedFor: String?
    var purpose: String?
    var caseReference: String?
    /// The values of `DPoP` (RFC 9449 §4.1).
    var proofs: [String] = []
    /// The values of `Client-Cert` (RFC 9440).
    var clientCertificates: [String] = []

    /// Takes one header. One that is repeated counts as its values joined (RFC 9110 §5.3): two tokens are then none.
    mutating func take(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4: if name.utf8.isSameIgnoringCase("dpop".utf8) { proofs.append(value) }
        case 9:
            take(name, value, "x-api-key", \.apiKey)
            take(name, value, "x-purpose", \.purpose)
        case 10: take(name, value, "x-agent-id", \.agentID)
        case 11: if name.utf8.isSameIgnoringCase("client-cert".utf8) { clientCertificates.append(value) }
        case 12: take(name, value, "x-request-id", \.requestID)
        case 13:
            take(name, value, "authorization", \.authorization)
            take(name, value, "cache-control", \.cacheControl)
        case 15:
            take(name, value, "x-forwarded-for", \.forwardedFor)
            take(name, value, "x-delegation-id", \.delegationID)
        case 16:
            take(name, value, "x-generate-proof", \.proof)
            take(name, value, "x-case-reference", \.caseReference)
        default: break
        }
    }

    private mutating func take(
        _ name: String, _ value: String, _ wanted: String, _ place: WritableKeyPath<CallHeaders, String?>
    ) {
        guard name.utf8.isSameIgnoringCase(wanted.utf8) else { return }
        self[keyPath: place] = self[keyPath: place].map { $0 + ", " + value } ?? value
    }

    /// Whether the caller takes no kept answer (RFC 9111 §5.2.1.4).
    var wantsFresh: Bool {
        cacheControl?.utf8.split(separator: UInt8(ascii: ",")).contains { directive in
            directive.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0x3D }.isSameIgnoringCase("no-cache".utf8)
        } ?? false
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1).
    var bearer: String? {
        guard let authorization, authorization.utf8.count > 7,
            authorization.utf8.prefix(7).isSameIgnoringCase("bearer ".utf8)
        else { return nil }
        return String(authorization.utf8.dropFirst(7).drop { $0 == 0x20 })
    }
}

extension Call {
    init(
        method: String, path: String, query: QueryParameters, headers: CallHeaders, remoteAddress: String?,
        clientCertificate: [UInt8]?
    ) {
        let bearer = headers.bearer
        self.init(
            method: method, path: path, query: query, bearer: bearer.map { Redacted($0) },
            apiKey: headers.apiKey.map { Redacted($0) }, requestID: headers.requestID, remoteAddress: remoteAddress,
            wantsFresh: headers.wantsFresh,
            delegationID: headers.delegationID, agentID: headers.agentID,
            proof: headers.proof.flatMap { ProofWish(rawValue: $0.lowercased()) },
            purpose: headers.purpose, caseReference: headers.caseReference)
        self.clientCertificate = clientCertificate
        if bearer == nil, let authorization = headers.authorization {
            dpop = DPoPCredential(authorization: authorization, proofs: headers.proofs)
        }
    }
}
