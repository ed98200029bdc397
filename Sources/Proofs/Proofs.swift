import Crypto
import Foundation
import Storage
import Values

/// Proofs of answers: made at the caller's request, checked by anybody who holds address and code.
///
/// An attestation holds personal data and lives five years. It is kept encrypted under a key that only address and code
/// together give: the hub that has given them away cannot read it any more. A mark under the hub's own key tells that
/// nobody has changed the table since.
public struct Proofs: Sendable {
    /// What a check comes to.
    public enum Verdict: Sendable, Hashable {
        case authentic(Attestation)
        /// The proof exists, and the code is not its own.
        case wrongCode
        /// What is kept is no longer what was kept.
        case altered
        /// No such proof, or no longer.
        case unknown
    }

    /// Days for which a proof can be checked: five years.
    static let lifetime = 1_826

    private let store: ProofStore
    private let key: SymmetricKey
    private let clock: WallClock

    /// - Parameters:
    ///   - database: one that has gone through `migrations`.
    ///   - keyFile: path of the hub's key for marks, made (0600) where there is none.
    /// - Throws: `FileError`; ``UnreadableKey``.
    public init(database: any SQLDatabase, keyFile: String, clock: WallClock) throws {
        store = ProofStore(database: database)
        self.clock = clock
        try PrivateFile.create(keyFile, SymmetricKey(size: .bits256).withUnsafeBytes(Array.init))
        try PrivateFile.tighten(keyFile)
        let bytes = try Data(contentsOf: URL(filePath: keyFile))
        guard bytes.count == 32 else { throw UnreadableKey(file: keyFile) }
        key = SymmetricKey(data: bytes)
    }

    /// The file is not a key that this program has made.
    public struct UnreadableKey: Error, CustomStringConvertible {
        let file: String
        public var description: String { "\(file) is no key of proofs" }
    }

    /// The tables of this room.
    public static var migrations: [Migration] { ProofStore.migrations }

    /// Keeps a proof.
    /// - Returns: what opens it, to be given to the caller and forgotten.
    /// - Throws: `SQLError`.
    public func make(_ attestation: Attestation) async throws -> ProofSecrets {
        let secrets = ProofSecrets()
        let id = ProofSecrets.identifier(of: secrets.token)
        let made = clock.now()
        let expires = made.addingTimeInterval(Double(Self.lifetime) * 86_400)
        let content = try JSONEncoder().encode(attestation)
        let sealed = try AES.GCM.seal(content, using: secrets.key, authenticating: Data(id.utf8)).combined ?? Data()
        let text = sealed.base64EncodedString()
        try await store.keep(
            ProofStore.Entry(id: id, sealed: text, mark: mark(id, text, expires), made: made, expires: expires))
        return secrets
    }

    /// Checks the code of the proof at an address.
    /// - Parameter code: as typed.
    /// - Throws: `SQLError`.
    public func check(token: String, code: String) async throws -> Verdict {
        guard let entry = try await store.find(ProofSecrets.identifier(of: token)), entry.expires > clock.now() else {
            return .unknown
        }
        guard let mark = Data(base64Encoded: entry.mark), isMark(mark, entry) else { return .altered }
        guard let secrets = ProofSecrets(token: token, typed: code), let sealed = Data(base64Encoded: entry.sealed),
            let box = try? AES.GCM.SealedBox(combined: sealed),
            let content = try? AES.GCM.open(box, using: secrets.key, authenticating: Data(entry.id.utf8))
        else { return .wrongCode }
        return (try? JSONDecoder().decode(Attestation.self, from: content)).map { .authentic($0) } ?? .altered
    }

    /// Removes the proofs whose time is over.
    /// - Returns: how many.
    @discardableResult
    public func purge() async throws -> Int { try await store.purge(before: clock.now()) }

    private static func marked(_ id: String, _ sealed: String, _ expires: Date) -> Data {
        Data("\(id)|\(Int((expires.timeIntervalSince1970 * 1000).rounded()))|\(sealed)".utf8)
    }

    private func mark(_ id: String, _ sealed: String, _ expires: Date) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.marked(id, sealed, expires), using: key)
        return Data(code).base64EncodedString()
    }

    private func isMark(_ mark: Data, _ entry: ProofStore.Entry) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            mark, authenticating: Self.marked(entry.id, entry.sealed, entry.expires), using: key)
    }
}
