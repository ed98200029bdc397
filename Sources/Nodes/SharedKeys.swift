import Crypto
import Foundation
import Storage
import Values

/// Brings the key files of all nodes to agree: a token signed by one is verified by all, a proof made by one is read by
/// all, a person has one pseudonym in all ledgers.
///
/// The database keeps each file sealed (AES-256-GCM) under one key that the operator carries to each node: the
/// database, or a backup of it, opens nothing.
public struct SharedKeys: Sendable {
    /// The topic of notices when a key was added, changed or destroyed.
    public static let topic = "keys"
    /// The file of the key that opens the others.
    public static let clusterKey = "keys/cluster.key"
    private static let mark = "cluster"

    private let database: any SQLDatabase
    private let folder: String
    private let key: SymmetricKey
    private let concerns: @Sendable (_ name: String) -> Bool

    /// Why this node cannot work with the others. It names files, never a secret.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    /// Opens the keys of a node; makes the key of all on a database that has none yet.
    /// - Parameters:
    ///   - folder: the node's data folder.
    ///   - concerns: which files, by their path in the folder, are keys to be shared now; others are forgotten.
    /// - Throws: `Failure` where this node has not the key of the others; `FileError`; `SQLError`.
    public static func open(
        _ database: any SQLDatabase, folder: String, concerns: @escaping @Sendable (_ name: String) -> Bool
    ) async throws -> SharedKeys {
        let path = folder + "/" + clusterKey
        try PrivateFile.createFolder(folder + "/keys")
        let known = try await database.read { try Self.sealed(mark, $0) }
        if known == nil {
            try PrivateFile.create(path, SymmetricKey(size: .bits256).withUnsafeBytes(Array.init))
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw Failure(description: "\(path) manque : copiez-le depuis un autre nœud de cette base")
        }
        guard bytes.count == 32 else { throw Failure(description: "\(path) n’est pas une clé de 32 octets") }
        try PrivateFile.tighten(path)
        let keys = SharedKeys(database: database, folder: folder, key: SymmetricKey(data: bytes), concerns: concerns)
        guard try await keys.signs() else {
            throw Failure(description: "\(path) n’est pas celui des autres nœuds de cette base : copiez le leur")
        }
        return keys
    }

    /// Whether the mark that the first node left is one of the same key; leaves it where there is none.
    private func signs() async throws -> Bool {
        let own = Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data("unefois cluster".utf8), using: key))
        return try await database.transaction { connection in
            let values: [SQLValue] = [.text(Self.mark), .text(own), .instant(try connection.instant())]
            try connection.execute(Self.insert, values)
            return try Self.sealed(Self.mark, connection) == own
        }
    }

    private static let insert = """
        INSERT INTO shared_keys (name, sealed, made_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
        """

    private static func sealed(_ name: String, _ connection: any SQLConnection) throws -> String? {
        try connection.query("SELECT sealed FROM shared_keys WHERE name = $1", [.text(name)]).first?.optionalText(
            "sealed")
    }

    /// Takes the keys that this node lacks, and gives those that only it has; past ones give way to those of now.
    /// - Returns: true where a file has changed here.
    /// - Throws: `Failure` where two nodes have different keys of one name; `FileError`; `SQLError`.
    @discardableResult
    public func exchange() async throws -> Bool {
        let local = try await Blocking.run { try files() }
        let found = try await database.transaction { try compare(local, $0) }
        try await Blocking.run {
            for name in found.past where found.missing[name] == nil { try PrivateFile.destroy(folder + "/" + name) }
            for (name, bytes) in found.missing { try write(name, bytes, replaces: found.past.contains(name)) }
        }
        guard found.different.isEmpty else {
            let names = found.different.sorted().joined(separator: ", ")
            throw Failure(description: "clés différentes de celles des autres nœuds, à retirer de \(folder) : \(names)")
        }
        return !found.missing.isEmpty || !found.past.isEmpty
    }

    private struct Comparison {
        /// To be written here.
        var missing: [String: [UInt8]] = [:]
        /// To be destroyed here.
        var past: [String] = []
        var different: [String] = []
    }

    private func compare(_ local: [String: [UInt8]], _ connection: any SQLConnection) throws -> Comparison {
        var found = Comparison()
        let marks = Set(try connection.query("SELECT mark FROM past_keys").map { try $0.text("mark") })
        found.past = local.filter { marks.contains(mark($0.key, $0.value)) }.map(\.key)
        var fresh = local.filter { !found.past.contains($0.key) }
        for row in try connection.query("SELECT name, sealed FROM shared_keys WHERE name <> $1", [.text(Self.mark)]) {
            let name = try row.text("name")
            let own = fresh.removeValue(forKey: name)
            guard concerns(name) else {
                try connection.execute("DELETE FROM shared_keys WHERE name = $1", [.text(name)])
                continue
            }
            let bytes = try open(row.text("sealed"), name)
            if own == nil { found.missing[name] = bytes } else if own != bytes { found.different.append(name) }
        }
        let now = try connection.instant()
        for (name, bytes) in fresh {
            try connection.execute(Self.insert, [.text(name), .text(try seal(bytes, name)), .instant(now)])
        }
        if !fresh.isEmpty { try connection.notify(Self.topic) }
        return found
    }

    /// Changes or destroys keys of this node's folder, and with them those of every node: within a second where it
    /// runs, else at its next start. One node at a time; what was before is never taken for a key again.
    public func change<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await alone {
            try await exchange()
            let before = try await Blocking.run { try files() }
            let value = try await Blocking.run(work)
            let after = try await Blocking.run { try files() }
            try await database.transaction { connection in
                for (name, old) in before where after[name] != old {
                    let past = "INSERT INTO past_keys (mark) VALUES ($1) ON CONFLICT (mark) DO NOTHING"
                    try connection.execute(past, [.text(mark(name, old))])
                    // In the same moment: a node that lacked the key meanwhile would make one of its own.
                    if let new = after[name] {
                        let put = "UPDATE shared_keys SET sealed = $2 WHERE name = $1"
                        try connection.execute(put, [.text(name), .text(try seal(new, name))])
                    } else {
                        try connection.execute("DELETE FROM shared_keys WHERE name = $1", [.text(name)])
                    }
                }
                try connection.notify(Self.topic)
            }
            try await exchange()
            return value
        }
    }

    /// Does something about keys while no other node does.
    /// - Throws: `Failure` where another takes too long; what `work` throws.
    public func alone<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        let lease = Lease(database: database, name: "keys", holder: UUID().uuidString, lasting: 30)
        guard try await lease.take(within: .seconds(40)) else {
            throw Failure(description: "un autre nœud tient les clés depuis trop longtemps")
        }
        do {
            let value = try await work()
            try await lease.release()
            return value
        } catch {
            try? await lease.release()
            throw error
        }
    }

    /// Tells a past key, and nothing of it.
    private func mark(_ name: String, _ bytes: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("unefois past key|\(name)|".utf8))
        code.update(data: bytes)
        return Base64URL.encode(code.finalize())
    }

    private func seal(_ bytes: [UInt8], _ name: String) throws -> String {
        let box = try AES.GCM.seal(bytes, using: key, authenticating: Data(name.utf8))
        return Base64URL.encode(box.combined ?? Data())
    }

    private func open(_ sealed: String, _ name: String) throws -> [UInt8] {
        guard let bytes = Base64URL.decode(sealed), let box = try? AES.GCM.SealedBox(combined: bytes),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Data(name.utf8))
        else { throw Failure(description: "la clé \(name) de la base est illisible") }
        return Array(plain)
    }

    /// The shared files of this node, by their path in the folder.
    private func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for place in ["", "keys/", "pseudonym-keys/", "link-keys/", "case-keys/"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + place)) ?? []
            for name in names where concerns(place + name) {
                let url = URL(filePath: folder + "/" + place + name)
                guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
                files[place + name] = Array(try Data(contentsOf: url))
            }
        }
        return files
    }

    private func write(_ name: String, _ bytes: [UInt8], replaces: Bool) throws {
        // A name comes from the database: it must not lead out of the folder.
        guard !name.contains(".."), name.split(separator: "/").count <= 2 else {
            throw Failure(description: "la base nomme une clé hors du dossier des données")
        }
        let path = folder + "/" + name
        try PrivateFile.createFolder(URL(filePath: path).deletingLastPathComponent().path)
        if replaces { try PrivateFile.replace(path, bytes) } else { try PrivateFile.create(path, bytes) }
    }
}
