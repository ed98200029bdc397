import Backup
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing

@testable import unefois

struct BackupTests {
    @Test func `a backup made under load holds every call answered before it, and is restored whole`() async throws {
        try await HubBench().run { hub in
            let answered = Mutex<Set<String>>([])
            let call: @Sendable (String) async throws -> Void = { token in
                let answer = try await hub.send(Query.v3.civility, token: token)
                #expect(answer.status == 200)
                _ = answered.withLock { $0.insert(answer.headers["x-request-id"] ?? "") }
            }
            let token = try await hub.token()
            for _ in 0..<50 { try await call(token) }
            var load: [Task<Void, any Error>] = []
            for _ in 0..<4 {
                // The same question twice at once under one token is refused.
                let other = try await hub.token()
                load.append(Task { while !Task.isCancelled { try await call(other) } })
            }
            for _ in 0..<50 { try await call(token) }

            let identity = try BackupIdentity()
            let before = answered.withLock { $0 }
            let archive = hub.folder.url.path + "-archive"
            defer { try? FileManager.default.removeItem(atPath: archive) }
            let made = try await DataBackup(folder: hub.folder.url).write(
                to: archive, for: [identity.recipient], at: may)
            #expect(made.hasDatabase)
            for task in load { task.cancel() }
            for task in load { _ = await task.result }
            #expect(answered.withLock { $0.count } > before.count)

            try await withTemporaryFolder { target in
                let reader = ArchiveReader(archive, identity: identity)
                #expect(try reader.digest() == made.digest)
                #expect(try reader.extract(to: target).files == made.files)
                try await DataRestoration(folder: URL(filePath: target)).verify()
                let restored = try DataFolder(target)
                let ledger = LedgerReader(directory: restored.ledger)
                #expect(try ledger.verify().problems.isEmpty)
                var cursor = try ledger.records()
                var kept: Set<String> = []
                while let record = try cursor.next() { kept.insert(record.requestID) }
                #expect(before.subtracting(kept).isEmpty && before.count >= 100)
                try check(restored, against: hub.folder)
            }
        }
    }

    /// The keys are the same bytes, for their owner only; nothing that is made anew, or that a writer holds, is there.
    private func check(_ restored: DataFolder, against original: DataFolder) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: restored.url.path)
        for key in ["keys/proofs.key", "questions.key", "keys/france-connect.pem"] {
            #expect(names.contains(key))
            let (copy, source) = (restored.url.appending(path: key), original.url.appending(path: key))
            #expect(try Data(contentsOf: copy) == Data(contentsOf: source))
            let mode = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(names.contains { $0.hasPrefix("pseudonym-keys/") } && names.contains { $0.hasPrefix("link-keys/") })
        #expect(!names.contains { $0.hasSuffix(".lock") || $0.contains(".new") || $0.hasPrefix(".") })
    }

    @Test func `grants and tokens come back, and a revocation made during the backup is not half there`() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder(path + "/data")
            let store = try await folder.openStore()
            let grant = try await store.create(store.demoGrant(scopes: ["cnaf_quotient_familial"]))
            let token = try await store.createToken(for: grant.id)
            let identity = try BackupIdentity()
            _ = try await DataBackup(folder: folder.url).write(
                to: path + "/archive", for: [identity.recipient], at: may)
            _ = try await store.revoke(grant: grant.id)
            _ = try ArchiveReader(path + "/archive", identity: identity).extract(to: path + "/restored")
            let restored = try await DataFolder(path + "/restored").openStore()
            #expect(try await restored.grants().map(\.revoked) == [nil])
            #expect(try await restored.tokens(of: grant.id).map(\.id) == [token.id])
        }
    }

    @Test func `a file of elsewhere goes with the backup, documents only when asked`() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder(path + "/data")
            try FileManager.default.createDirectory(atPath: folder.documents, withIntermediateDirectories: true)
            try Data([1]).write(to: URL(filePath: folder.documents + "/paper"))
            try Data([2]).write(to: URL(filePath: path + "/dump"))
            let identity = try BackupIdentity()
            for (name, documents) in [("with", true), ("without", false)] {
                let backup = DataBackup(folder: folder.url, withDocuments: documents, extras: [path + "/dump"])
                let made = try await backup.write(to: path + "/" + name, for: [identity.recipient], at: may)
                #expect(!made.hasDatabase)
                _ = try ArchiveReader(path + "/" + name, identity: identity).extract(to: path + "/out-" + name)
                let files = try FileManager.default.subpathsOfDirectory(atPath: path + "/out-" + name)
                #expect(files.contains("documents/paper") == documents)
                #expect(files.contains(DataBackup.extrasFolder + "/dump"))
            }
        }
    }
}
