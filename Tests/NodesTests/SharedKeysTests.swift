import Foundation
import Nodes
import Storage
import TestSupport
import Testing

@Suite struct SharedKeysTests {
    /// Two nodes' folders on one database, of which the second has the first's key of all.
    private func withTwo(
        _ maker: TestDatabase, _ body: (_ one: Node, _ two: Node) async throws -> Void
    ) async throws {
        try await withNodes(maker) { open, folder in
            let one = try await Node(folder + "/one", open())
            try FileManager.default.createDirectory(atPath: folder + "/two/keys", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: one.folder + "/keys/cluster.key", toPath: folder + "/two/keys/cluster.key")
            try await body(one, try await Node(folder + "/two", open()))
        }
    }

    private struct Node {
        let folder: String
        let keys: SharedKeys

        init(_ folder: String, _ database: any SQLDatabase) async throws {
            self.folder = folder
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            keys = try await SharedKeys.open(database, folder: folder) {
                !$0.contains("cluster") && !$0.contains("old")
            }
        }

        func write(_ name: String, _ text: String) throws {
            let url = URL(filePath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        func read(_ name: String) -> String? {
            (try? Data(contentsOf: URL(filePath: folder + "/" + name))).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `brings a key made by one node to the other, for its owner only`(_ maker: TestDatabase) async throws {
        try await withTwo(maker) { one, two in
            try one.write("keys/0001.jwk", "first")
            try one.write("questions.key", "second")
            #expect(try await !one.keys.exchange())
            #expect(try await two.keys.exchange())
            #expect(two.read("keys/0001.jwk") == "first")
            #expect(two.read("questions.key") == "second")
            let attributes = try FileManager.default.attributesOfItem(atPath: two.folder + "/keys/0001.jwk")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            #expect(try await !two.keys.exchange())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps nothing in the database that opens without the key of all`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, folder in
            let database = try await open()
            let node = try await Node(folder + "/one", database)
            try node.write("keys/0001.jwk", "a secret of some length")
            try await node.keys.exchange()
            let rows = try await database.read { try $0.query("SELECT * FROM shared_keys ORDER BY name") }
            #expect(try rows.map { try $0.text("name") } == ["cluster", "keys/0001.jwk"])
            for row in rows { #expect(try !row.text("sealed").contains("secret")) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a node that lacks the key of all, or has another`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, folder in
            _ = try await Node(folder + "/one", open())
            await #expect(throws: SharedKeys.Failure.self) { _ = try await Node(folder + "/two", open()) }
            try FileManager.default.createDirectory(atPath: folder + "/three/keys", withIntermediateDirectories: true)
            try Data(repeating: 7, count: 32).write(to: URL(filePath: folder + "/three/keys/cluster.key"))
            await #expect(throws: SharedKeys.Failure.self) { _ = try await Node(folder + "/three", open()) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses different keys of one name, and leaves both as they are`(_ maker: TestDatabase) async throws {
        try await withTwo(maker) { one, two in
            try one.write("keys/0001.jwk", "first")
            try two.write("keys/0001.jwk", "other")
            try await one.keys.exchange()
            let failure = await #expect(throws: SharedKeys.Failure.self) { try await two.keys.exchange() }
            #expect(failure?.description.contains("keys/0001.jwk") == true)
            #expect(one.read("keys/0001.jwk") == "first")
            #expect(two.read("keys/0001.jwk") == "other")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `destroys a key on every node, for good`(_ maker: TestDatabase) async throws {
        try await withTwo(maker) { one, two in
            try one.write("pseudonym-keys/2024.key", "year")
            try await one.keys.exchange()
            try await two.keys.exchange()
            let path = two.folder + "/pseudonym-keys/2024.key"
            try await two.keys.change { try PrivateFile.destroy(path) }
            #expect(two.read("pseudonym-keys/2024.key") == nil)
            #expect(try await one.keys.exchange())
            #expect(one.read("pseudonym-keys/2024.key") == nil)
            // A backup that comes back brings nothing back.
            try one.write("pseudonym-keys/2024.key", "year")
            try await one.keys.exchange()
            #expect(one.read("pseudonym-keys/2024.key") == nil)
            try one.write("pseudonym-keys/2024.key", "another")
            try await one.keys.exchange()
            try await two.keys.exchange()
            #expect(two.read("pseudonym-keys/2024.key") == "another")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `changes a key on every node, also on one that missed several changes`(_ maker: TestDatabase) async throws {
        try await withTwo(maker) { one, two in
            try one.write("pseudonym-keys/2026.key", "0")
            try await one.keys.exchange()
            try await two.keys.exchange()
            for text in ["1", "2", "3"] {
                let url = URL(filePath: one.folder + "/pseudonym-keys/2026.key")
                try await one.keys.change { try Data(text.utf8).write(to: url) }
            }
            #expect(try await two.keys.exchange())
            #expect(two.read("pseudonym-keys/2026.key") == "3")
            #expect(one.read("pseudonym-keys/2026.key") == "3")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives only what concerns it`(_ maker: TestDatabase) async throws {
        try await withTwo(maker) { one, two in
            try one.write("link-keys/old.key", "past")
            try await one.keys.exchange()
            #expect(try await !two.keys.exchange())
            #expect(two.read("link-keys/old.key") == nil)
        }
    }
}
