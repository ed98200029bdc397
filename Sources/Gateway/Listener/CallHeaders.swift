import Values

/// The headers of a request that the hub reads, found in one pass.
struct CallHeaders: Equatable {
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
    /// - Parameter value: read where the header is one of these.
    mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ value: @autoclosure () -> String) {
        switch name.count {
        case 4: if name.isName("dpop") { proofs.append(value()) }
        case 9:
            take(name, "x-api-key", \.apiKey, value)
            take(name, "x-purpose", \.purpose, value)
        case 10: take(name, "x-agent-id", \.agentID, value)
        case 11: if name.isName("client-cert") { clientCertificates.append(value()) }
        case 12: take(name, "x-request-id", \.requestID, value)
        case 13:
            take(name, "authorization", \.authorization, value)
            take(name, "cache-control", \.cacheControl, value)
        case 15:
            take(name, "x-forwarded-for", \.forwardedFor, value)
            take(name, "x-delegation-id", \.delegationID, value)
        case 16:
            take(name, "x-generate-proof", \.proof, value)
            take(name, "x-case-reference", \.caseReference, value)
        default: break
        }
    }

    private mutating func take(
        _ name: UnsafeBufferPointer<UInt8>, _ wanted: StaticString, _ place: WritableKeyPath<CallHeaders, String?>,
        _ value: () -> String
    ) {
        guard name.isName(wanted) else { return }
        self[keyPath: place] = self[keyPath: place].map { $0 + ", " + value() } ?? value()
    }

    /// Whether the caller takes no kept answer (RFC 9111 §5.2.1.4).
    var wantsFresh: Bool {
        cacheControl?.withBytes { bytes in
            bytes.split(separator: UInt8(ascii: ",")).contains { directive in
                let name = directive.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0x3D }
                return UnsafeBufferPointer(rebasing: name).isName("no-cache")
            }
        } ?? false
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1).
    var bearer: String? {
        authorization?.withBytes { bytes in
            guard bytes.count > 7, UnsafeBufferPointer(rebasing: bytes[..<7]).isName("bearer ") else { return nil }
            let token = bytes[7...].drop { $0 == 0x20 }
            return String(decoding: UnsafeBufferPointer(rebasing: token), as: UTF8.self)
        }
    }
}

extension Call {
    init(
        method: String, path: String, query: QueryParameters, headers: borrowing CallHeaders,
        remoteAddress: String?, clientCertificate: [UInt8]?
    ) {
        let bearer = headers.bearer
        let other = bearer == nil ? headers.authorization : nil
        self.init(
            method: method, path: path, query: query, bearer: bearer.map { Redacted($0) },
            apiKey: headers.apiKey.map { Redacted($0) }, requestID: headers.requestID, remoteAddress: remoteAddress,
            wantsFresh: headers.wantsFresh,
            delegationID: headers.delegationID, agentID: headers.agentID,
            proof: headers.proof.flatMap { ProofWish(rawValue: $0.lowercased()) },
            purpose: headers.purpose, caseReference: headers.caseReference,
            dpop: other.flatMap { DPoPCredential(authorization: $0, proofs: headers.proofs) },
            clientCertificate: clientCertificate)
    }
}
