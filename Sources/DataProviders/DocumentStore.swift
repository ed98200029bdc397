import CatalogueModel
import Crypto
import Foundation
import Values

/// Documents of providers, kept encrypted in a folder until they expire.
///
/// The address given to the caller holds a random secret; name and key of the file are derived from it, so that the
/// folder alone opens nothing and the hub itself cannot read a document whose address it has given away.
public struct DocumentStore: DocumentKeeping {
    private let folder: URL
    private let clock: WallClock

    /// - Parameter folder: made (0700) where it is missing.
    public init(folder: String, clock: WallClock) throws {
        self.folder = URL(filePath: folder)
        self.clock = clock
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    public func pages(of bytes: [UInt8]) async -> [String] {
        (try? await Self.onThread { PDFText.pages(of: bytes) }) ?? []
    }

    public func keep(_ bytes: [UInt8], name: String, lifetime: Int, publicURL: String) async throws -> String {
        let end = Int(clock.now().timeIntervalSince1970) + lifetime
        let expiry = withUnsafeBytes(of: Int64(end).bigEndian) { Data($0) }
        // The end stands in the address too: once the file is gone, « expired » can still be told from « never was ».
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Base64URL.encode(Data($0) + expiry.dropFirst(2)) }
        let file = try file(of: secret, name: name)
        let sealed = try AES.GCM.seal(bytes, using: Self.key(secret), authenticating: expiry).combined ?? Data()
        try await Self.onThread {
            try (expiry + sealed).write(to: file, options: [.atomic])
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        }
        return "\(publicURL)/documents/\(secret)/\(name).pdf"
    }

    /// What stands at an address of a document.
    public enum Found: Sendable, Hashable {
        case document([UInt8])
        case expired
        case nothing
    }

    /// The document of that address.
    public func document(secret: String, name: String) async -> Found {
        guard secret.utf8.count == 51, let bytes = Base64URL.decode(secret), bytes.count == 38 else { return .nothing }
        let now = Int(clock.now().timeIntervalSince1970)
        guard Self.number(bytes.suffix(6)) > now else { return .expired }
        guard let file = try? file(of: secret, name: name),
            let content = try? await Self.onThread({ try Data(contentsOf: file) }), content.count > 8
        else { return .nothing }
        let header = content.prefix(8)
        guard Self.number(header) > now, let box = try? AES.GCM.SealedBox(combined: content.dropFirst(8)),
            let plain = try? AES.GCM.open(box, using: Self.key(secret), authenticating: header)
        else { return .nothing }
        return .document(Array(plain))
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// Removes what has expired; returns how many.
    @discardableResult
    public func purge() async throws -> Int {
        let (folder, now) = (folder, Int(clock.now().timeIntervalSince1970))
        return try await Self.onThread {
            var count = 0
            // A file under another name is one that is still being written.
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".bin") {
                let file = folder.appending(path: name)
                guard let handle = try? FileHandle(forReadingFrom: file) else { continue }
                let header = try handle.read(upToCount: 8) ?? Data()
                try handle.close()
                guard header.count < 8 || Self.number(header) <= now else { continue }
                if (try? FileManager.default.removeItem(at: file)) != nil { count += 1 }
            }
            return count
        }
    }

    private func file(of secret: String, name: String) throws -> URL {
        let digest = SHA256.hash(data: Data(("name:" + secret + ":" + name).utf8))
        return folder.appending(path: Base64URL.encode(digest.prefix(24)) + ".bin")
    }

    private static func key(_ secret: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("unefois document".utf8),
            outputByteCount: 32)
    }

    /// Runs blocking file work off the cooperative pool.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// The text of a PDF's pages, by `pdftotext` (poppler) as a child process with limits of memory and time.
enum PDFText {
    /// One text a page; empty where the tool is missing, fails or takes more than five seconds.
    static func pages(of pdf: [UInt8]) -> [String] {
        let command = "ulimit -v 1000000 -t 5; exec timeout 5 pdftotext -layout -enc UTF-8 - -"
        guard let text = ChildProcess.output("/bin/sh", ["-c", command], input: pdf) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\u{0C}", omittingEmptySubsequences: false).map(
            String.init)
    }
}
