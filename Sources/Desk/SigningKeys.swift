import Foundation
import Storage
import Values

/// The keys under which the hub signs its tokens: HS256 secrets, one file each in a folder of their own.
///
/// Files are `0001.jwk`, `0002.jwk`, … in the format of RFC 7517. The next number is taken by whoever links a file to
/// it first, so processes that start at once agree without a lock that a crash could leave behind.
public struct SigningKeys: Sendable {
    /// Every key by its `kid`, for whoever verifies: 32 bytes each.
    public let ring: [String: Redacted<[UInt8]>]
    /// The `kid` of the key that signs: the one made last.
    public let newest: String

    /// Why the keys cannot be used. It names files, never a secret.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Reads the keys of a folder; makes the folder (0700) and a first key (0600) where there is none.
    ///
    /// To be opened again at each change of grants: a token may have been signed with a key made since.
    /// - Throws: `Failure` where a file is no key; `FileError`.
    public static func open(_ folder: String) async throws -> SigningKeys {
        try await Blocking.run {
            try PrivateFile.createFolder(folder)
            if try files(folder).isEmpty { try makeKey(1, folder) }
            return try read(folder)
        }
    }

    /// Adds a key that signs from now on. Tokens signed with the earlier ones stay valid.
    /// - Throws: as `open`.
    public static func rotate(_ folder: String) async throws -> SigningKeys {
        try await Blocking.run {
            try PrivateFile.createFolder(folder)
            while try !makeKey((files(folder).last ?? 0) + 1, folder) {}
            return try read(folder)
        }
    }

    /// False where that number is taken.
    @discardableResult
    private static func makeKey(_ number: Int, _ folder: String) throws -> Bool {
        // SystemRandomNumberGenerator is cryptographically secure: getrandom(2) on Linux, arc4random on macOS.
        var random = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let key: JSON = [
            "kty": "oct", "alg": "HS256", "use": "sig", "kid": .string(UUID().uuidString.lowercased()),
            "k": .string(Base64URL.encode(secret)),
        ]
        return try PrivateFile.create(path(number, folder), key.bytes)
    }

    private static func read(_ folder: String) throws -> SigningKeys {
        var ring: [String: Redacted<[UInt8]>] = [:]
        var newest: String?
        for number in try files(folder) {
            let path = path(number, folder)
            try PrivateFile.tighten(path)
            let key = try? JSON(parsing: Data(contentsOf: URL(fileURLWithPath: path)))
            guard key?["kty"]?.text == "oct", key?["alg"]?.text == "HS256", let kid = key?["kid"]?.text,
                let secret = key?["k"]?.text.flatMap(Base64URL.decode), secret.count == 32, ring[kid] == nil
            else { throw Failure(description: "\(path) is no signing key, or the copy of another") }
            ring[kid] = Redacted(secret)
            newest = kid
        }
        guard let newest else { throw Failure(description: "\(folder) has lost its signing keys") }
        return SigningKeys(ring: ring, newest: newest)
    }

    /// The numbers of the key files, the oldest first. Other files of the folder are left alone.
    private static func files(_ folder: String) throws -> [Int] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return names.filter { $0.hasSuffix(".jwk") }.compactMap { Int($0.dropLast(4)) }.sorted()
    }

    private static func path(_ number: Int, _ folder: String) -> String {
        folder + "/" + CivilDate.padded(number, 4) + ".jwk"
    }
}
