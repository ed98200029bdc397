import Crypto
import CryptoExtras
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// Certificates made for one run of the sandbox: an authority, a server under it and a client under it.
///
/// Files: `ca.pem`, `client.pem`, `client.key`. They open simulated providers only.
public enum SandboxCertificates {
    /// The server's side, which wants a client certificate of that authority.
    static func make(in folder: URL) throws -> TLSConfiguration {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let authority = try Issued.authority()
        let server = try authority.issue(
            "localhost", key: Certificate.PrivateKey(P256.Signing.PrivateKey()),
            Certificate.Extensions {
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                ])
            })
        // RSA: a protocol signs its requests with the client's key and RSA-SHA256 (ANTS).
        let client = try authority.issue(
            "unefois", key: Certificate.PrivateKey(_RSA.Signing.PrivateKey(keySize: .bits2048)),
            Certificate.Extensions { try ExtendedKeyUsage([.clientAuth]) })
        try write(try authority.pem, "ca.pem", folder)
        try write(try client.pem, "client.pem", folder)
        try write(try client.key.serializeAsPEM().pemString, "client.key", folder)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: Array(try server.pem.utf8), format: .pem))],
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(try server.key.serializeAsPEM().pemString.utf8), format: .pem)))
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: Array(try authority.pem.utf8), format: .pem)
        ])
        return configuration
    }

    /// The files alone, for fake providers that check no certificate.
    public static func write(in folder: URL) throws { _ = try make(in: folder) }

    private static func write(_ text: String, _ name: String, _ folder: URL) throws {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }
}

/// A certificate with its key.
private struct Issued {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    var pem: String { get throws { try certificate.serializeAsPEM().pemString } }

    static func authority() throws -> Issued {
        let name = try DistinguishedName { CommonName("UneFois, bac à sable") }
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true))
        }
        return Issued(
            certificate: try certificate(name, key.publicKey, extensions, issuer: name, signedWith: key), key: key)
    }

    func issue(_ name: String, key: Certificate.PrivateKey, _ extensions: Certificate.Extensions) throws -> Issued {
        let certificate = try Self.certificate(
            try DistinguishedName { CommonName(name) }, key.publicKey, extensions, issuer: certificate.subject,
            signedWith: self.key)
        return Issued(certificate: certificate, key: key)
    }

    /// Good for ten years: a sandbox may run for long, and its clock may be set.
    private static func certificate(
        _ subject: DistinguishedName, _ key: Certificate.PublicKey, _ extensions: Certificate.Extensions,
        issuer: DistinguishedName, signedWith issuerKey: Certificate.PrivateKey
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: Date().addingTimeInterval(-86_400),
            notValidAfter: Date().addingTimeInterval(10 * 365 * 86_400),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions, issuerPrivateKey: issuerKey)
    }
}
