import Foundation
import TestSupport
import Testing

@testable import Backup

struct KeyTests {
    @Test func `Each recipient opens the archive, nobody else does`() async throws {
        try await ArchiveBench.run { bench in
            let (second, stranger) = (try BackupIdentity(), try BackupIdentity())
            try bench.write([("a", [1, 2, 3])], for: [bench.identity.recipient, second.recipient])
            #expect(try bench.extract().bytes == 3)
            #expect(try bench.extract(with: second).bytes == 3)
            #expect(throws: BackupError.wrongKey) { try bench.extract(with: stranger) }
        }
    }

    @Test func `Keys written to a file are read back`() async throws {
        try await ArchiveBench.run { bench in
            let (secret, keys) = (bench.folder + "/secret", bench.folder + "/keys")
            let second = try BackupIdentity()
            try Data((bench.identity.line.exposed + "\n").utf8).write(to: URL(filePath: secret))
            let text = "# two administrators\n\n\(bench.identity.recipient.line)\n\(second.recipient.line)\n"
            try Data(text.utf8).write(to: URL(filePath: keys))
            let recipients = try BackupRecipient.read(keys)
            #expect(recipients.map(\.line) == [bench.identity.recipient.line, second.recipient.line])
            try bench.write([("a", [1])], for: recipients)
            #expect(try bench.extract(with: BackupIdentity(file: secret)).bytes == 1)
        }
    }

    @Test func `A secret with an error in it is refused, and is never shown`() async throws {
        try await ArchiveBench.run { bench in
            let file = bench.folder + "/secret"
            var text = Array(bench.identity.line.exposed.utf8)
            text[40] = text[40] == 65 ? 66 : 65
            try Data(text).write(to: URL(filePath: file))
            #expect(throws: BackupError.noKey(file)) { try BackupIdentity(file: file) }
            #expect(!"\(bench.identity.line)".contains(bench.identity.line.exposed))
        }
    }

    @Test func `A public key is no secret, a secret no public key, an empty file neither`() async throws {
        try await ArchiveBench.run { bench in
            let file = bench.folder + "/key"
            for text in [bench.identity.recipient.line, "", "# nothing"] {
                try Data(text.utf8).write(to: URL(filePath: file))
                #expect(throws: BackupError.noKey(file)) { try BackupIdentity(file: file) }
            }
            for text in [bench.identity.line.exposed, "", "# nothing"] {
                try Data(text.utf8).write(to: URL(filePath: file))
                #expect(throws: BackupError.noKey(file)) { try BackupRecipient.read(file) }
            }
        }
    }
}
