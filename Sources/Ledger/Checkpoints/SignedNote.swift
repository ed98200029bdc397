import Crypto
import Foundation

/// A public key that notes are checked with, as `<name>+<id>+<base64>` (C2SP signed-note).
public struct NoteKey: Sendable, Hashable, CustomStringConvertible {
    /// What a key signs.
    enum Kind: UInt8, Sendable {
        case note = 1
        /// A witness's word that a checkpoint follows those before (C2SP tlog-cosignature).
        case cosignature = 4
    }

    public let name: String
    let kind: Kind
    let bytes: [UInt8]

    init(name: String, kind: Kind, bytes: [UInt8]) {
        self.name = name
        self.kind = kind
        self.bytes = bytes
    }

    /// Reads a key's text; nil where it is none, or of a kind that is not known.
    public init?(_ text: some StringProtocol) {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isName(parts[0]), let data = Data(base64Encoded: String(parts[2])),
            data.count == 33, let kind = data.first.flatMap(Kind.init)
        else { return nil }
        self.init(name: String(parts[0]), kind: kind, bytes: Array(data.dropFirst()))
        guard parts[1] == id.map(Self.hexadecimal).joined() else { return nil }
    }

    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && !text.contains("+") && !text.contains(where: \.isWhitespace)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// The first four bytes of every signature.
    var id: [UInt8] { Array(SHA256.hash(data: Array(name.utf8) + [0x0A, kind.rawValue] + bytes).prefix(4)) }

    public var description: String {
        "\(name)+\(id.map(Self.hexadecimal).joined())+\(Data([kind.rawValue] + bytes).base64EncodedString())"
    }

    func isValid(_ signature: [UInt8], of text: String) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: Array(text.utf8))
    }
}

/// A text with its signatures (C2SP signed-note): `text`, an empty line, lines `— <name> <base64>`.
public struct SignedNote: Sendable, Hashable, CustomStringConvertible {
    /// What is signed, with its last line feed.
    public let text: String
    public private(set) var signatures: [Signature] = []

    public struct Signature: Sendable, Hashable {
        public let name: String
        let bytes: [UInt8]

        init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }

        /// Reads one line, without its line feed.
        init?(_ line: some StringProtocol) {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "—", NoteKey.isName(parts[1]),
                let data = Data(base64Encoded: String(parts[2])), data.count > 4,
                data.base64EncodedString() == parts[2]
            else { return nil }
            self.init(name: String(parts[1]), bytes: Array(data))
        }

        var line: String { "— \(name) \(Data(bytes).base64EncodedString())\n" }
    }

    init(text: String, signatures: [Signature] = []) {
        self.text = text
        self.signatures = signatures
    }

    /// Reads a whole note; nil where it is none.
    public init?(parsing note: String) {
        guard note.utf8.count < 100_000, note.hasSuffix("\n"),
            let end = note.range(of: "\n\n", options: .backwards), note[end.upperBound...].hasPrefix("— ")
        else { return nil }
        text = note[..<end.lowerBound] + "\n"
        for line in note[end.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            guard let signature = Signature(line) else { return nil }
            signatures.append(signature)
        }
    }

    public var description: String { text + "\n" + signatures.map(\.line).joined() }

    mutating func add(_ signature: Signature) { signatures.append(signature) }

    /// True where one of the signatures is the key's, and right.
    public func isSigned(by key: NoteKey) -> Bool { time(signedBy: key) != nil }

    /// When a witness signed, in seconds since 1970; 0 for a key that does not say; nil where there is no right signature.
    public func time(signedBy key: NoteKey) -> UInt64? {
        for signature in signatures where signature.name == key.name && signature.bytes.prefix(4) == key.id[...] {
            let bytes = Array(signature.bytes.dropFirst(4))
            switch key.kind {
            case .note: if key.isValid(bytes, of: text) { return 0 }
            case .cosignature:
                guard bytes.count == 72 else { continue }
                let time = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                if key.isValid(Array(bytes[8...]), of: NoteSigner.cosigned(text, time)) { return time }
            }
        }
        return nil
    }
}

/// A private key that signs notes.
public struct NoteSigner: Sendable {
    public let key: NoteKey
    private let secret: Curve25519.Signing.PrivateKey

    init(name: String, kind: NoteKey.Kind, secret: Curve25519.Signing.PrivateKey = .init()) {
        key = NoteKey(name: name, kind: kind, bytes: Array(secret.publicKey.rawRepresentation))
        self.secret = secret
    }

    /// Reads the key of a folder, made (0700, the key 0600) where there is none.
    /// A witness keeps the name that its key was made with.
    /// - Throws: ``LedgerError/failed(operation:code:)``, also where a ledger's key has another name.
    init(_ folder: LedgerFolder, name: String, kind: NoteKey.Kind) throws(LedgerError) {
        try folder.create()
        let path = folder.path + "/signing.key"
        if access(path, F_OK) != 0 {
            let made = NoteSigner(name: name, kind: kind)
            try LedgerFolder.replace(path, Array((made.encoded + "\n").utf8))
            self = made
            return
        }
        let text = String(decoding: try OpenFile(path, O_RDONLY).read(1024, at: 0), as: UTF8.self)
        guard let found = NoteSigner(decoding: text), found.key.kind == kind,
            kind == .cosignature || found.key.name == name
        else {
            throw .failed(operation: "read signing key", code: EINVAL)
        }
        self = found
    }

    private var encoded: String {
        "PRIVATE+KEY+\(key.name)+\(Data([key.kind.rawValue] + Array(secret.rawRepresentation)).base64EncodedString())"
    }

    private init?(decoding text: String) {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "+", maxSplits: 3)
        guard parts.count == 4, parts[0] == "PRIVATE", parts[1] == "KEY",
            let data = Data(base64Encoded: String(parts[3])), let kind = data.first.flatMap(NoteKey.Kind.init),
            let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: data.dropFirst())
        else { return nil }
        self.init(name: String(parts[2]), kind: kind, secret: secret)
    }

    /// - Parameter time: seconds since 1970, for a cosignature.
    func signature(of text: String, at time: UInt64 = 0) throws(LedgerError) -> SignedNote.Signature {
        let signed = key.kind == .note ? text : Self.cosigned(text, time)
        guard let signature = try? secret.signature(for: Array(signed.utf8)) else {
            throw .failed(operation: "sign", code: EIO)
        }
        let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * $0)) }
        return SignedNote.Signature(
            name: key.name, bytes: key.id + (key.kind == .note ? [] : stamp) + Array(signature))
    }

    static func cosigned(_ text: String, _ time: UInt64) -> String { "cosignature/v1\ntime \(time)\n" + text }
}
