import Foundation
import TestSupport

@testable import Backup

/// A folder with files to put in an archive, a pair of keys and the archive's place.
struct ArchiveBench {
    let folder: String
    let identity: BackupIdentity
    var archive: String { folder + "/archive" }

    static func run(_ body: (ArchiveBench) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await body(ArchiveBench(folder: folder, identity: try BackupIdentity()))
        }
    }

    /// Makes an archive of these bytes under these names.
    @discardableResult
    func write(_ files: [(name: String, bytes: [UInt8])], for others: [BackupRecipient]? = nil) throws -> String {
        let writer = try ArchiveWriter(
            archive, for: others ?? [identity.recipient], program: "1", made: Date(timeIntervalSince1970: 0))
        for (index, file) in files.enumerated() {
            let path = folder + "/source-\(index)"
            try Data(file.bytes).write(to: URL(filePath: path))
            try writer.add(file.name, file: path)
        }
        return try writer.finish()
    }

    func extract(with identity: BackupIdentity? = nil, to target: String? = nil) throws -> ArchiveContents {
        try ArchiveReader(archive, identity: identity ?? self.identity).extract(to: target)
    }

    var bytes: Data {
        get throws { try Data(contentsOf: URL(filePath: archive)) }
    }

    func replace(_ bytes: Data) throws { try bytes.write(to: URL(filePath: archive)) }
}

/// Bytes that do not repeat.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
}
