import CatalogueModel
import CryptoExtras
import Dispatch
import Foundation
import Synchronization

/// The key that signs assertions, and the certificate shown beside the signature: those of mutual TLS.
struct SAMLSigner: Sendable {
    /// DER in base64.
    let certificate: String
    private let key: _RSA.Signing.PrivateKey

    /// - Parameters:
    ///   - certificate: PEM; the first certificate counts.
    ///   - key: PEM of an RSA key of 2048 bits or more.
    init(certificate: String, key: String) throws {
        let lines = certificate.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard let start = lines.firstIndex(of: "-----BEGIN CERTIFICATE-----"),
            let end = lines[start...].firstIndex(of: "-----END CERTIFICATE-----")
        else { throw TransportFailure.unconfigured }
        self.certificate = lines[(start + 1)..<end].joined()
        self.key = try _RSA.Signing.PrivateKey(pemRepresentation: key)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), as the signature method `rsa-sha256` says.
    func sign(_ data: Data) throws -> Data {
        try key.signature(for: data, padding: .insecurePKCS1v1_5).rawRepresentation
    }
}

/// Signers by client identity, each read once from its files, off the event loops.
final class SAMLSigners: Sendable {
    private let known = Mutex<[ClientIdentity: SAMLSigner]>([:])

    func signer(for identity: ClientIdentity) async throws -> SAMLSigner {
        if let signer = known.withLock({ $0[identity] }) { return signer }
        let signer = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        try SAMLSigner(
                            certificate: String(contentsOfFile: identity.certificate, encoding: .utf8),
                            key: String(contentsOfFile: identity.key, encoding: .utf8))
                    })
            }
        }
        known.withLock { $0[identity] = signer }
        return signer
    }
}

extension SAMLPlan {
    /// Puts a signed assertion into the message's security header (OASIS, WS-Security 1.1 §5).
    /// - Throws: ``ProviderFailure`` for a message without that header, which the provider would refuse.
    func add(to body: inout [UInt8]?, signer: SAMLSigner, _ facts: CallFacts) throws {
        let message = String(decoding: body ?? [], as: UTF8.self)
        guard let place = message.range(of: "</wsse:Security>")?.lowerBound else {
            throw ProviderFailure(problem: ProblemTemplate(code: "NN999"))
        }
        guard let issuer = try issuer.value(on: facts).text else { throw TransportFailure.unconfigured }
        let assertion = SAMLAssertion(
            id: "_" + UUID().uuidString.lowercased().filter { $0 != "-" }, issuer: issuer,
            attributes: try RequestPlan.texts(attributes, Frame(facts)), instant: facts.clock.now(), lifetime: lifetime)
        body = Array((message[..<place] + (try assertion.signed(by: signer)) + message[place...]).utf8)
    }
}
