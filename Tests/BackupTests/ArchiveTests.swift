import Foundation
import TestSupport
import Testing

@testable import Backup

struct ArchiveTests {
    @Test func `What goes in comes out, whatever its size, for its owner only`() async throws {
        try await ArchiveBench.run { bench in
            // Around the size of a chunk, where an archive could lose or repeat a byte.
            let sizes = [0, 1, 65_535, 65_536, 65_537, 1_048_577]
            let files = sizes.map { (name: "a/b\($0)", bytes: noise($0)) }
            try bench.write(files)
            let target = bench.folder + "/out"
            let contents = try bench.extract(to: target)
            #expect(contents.files == sizes.count)
            #expect(contents.bytes == sizes.reduce(0, +))
            for file in files {
                let path = target + "/" + file.name
                #expect(try Data(contentsOf: URL(filePath: path)) == Data(file.bytes))
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["a"])
            let mode = try FileManager.default.attributesOfItem(atPath: bench.archive)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `An archive that ends with a chunk is read whole`() async throws {
        try await ArchiveBench.run { bench in
            // Somewhere among these sizes the end of the archive falls on the end of a chunk.
            for size in 65_350...65_450 {
                try? FileManager.default.removeItem(atPath: bench.archive)
                try bench.write([("f", noise(size))])
                #expect(try bench.extract().bytes == size)
            }
        }
    }

    @Test func `Any flipped bit is found`() async throws {
        try await ArchiveBench.run { bench in
            try bench.write([("one", noise(100_000)), ("two", noise(70_000, seed: 2))])
            let whole = try bench.bytes
            var random = SeededGenerator(seed: 7)
            let header = ArchiveHeader.magic.count + 1 + 1_120 + 48
            let places =
                Array(0..<20) + [header - 1, header]
                + (0..<200).map { _ in
                    Int.random(in: 0..<whole.count, using: &random)
                }
            for place in places + [whole.count - 1] {
                var altered = whole
                altered[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try bench.replace(altered)
                #expect(throws: BackupError.self, "byte \(place)") { try bench.extract() }
            }
            try bench.replace(whole)
            #expect(try bench.extract().files == 2)
        }
    }

    @Test func `A cut is found wherever it is`() async throws {
        try await ArchiveBench.run { bench in
            try bench.write([("f", noise(4 * SealedChunk.plainBytes))])
            let whole = try bench.bytes
            let header = ArchiveHeader.magic.count + 1 + 1_120 + 48
            let ends = stride(from: header, to: whole.count, by: SealedChunk.sealedBytes)
            for end in [0, 5, header - 1] + ends.flatMap({ [$0, $0 + 1, $0 + 17] }) + [whole.count - 1]
            where end < whole.count {
                try bench.replace(whole.prefix(end))
                #expect(throws: BackupError.self, "cut at \(end)") { try bench.extract() }
            }
            try bench.replace(whole + [0])
            #expect(throws: BackupError.damaged) { try bench.extract() }
        }
    }

    @Test func `Chunks that change places, come twice or are left out are found`() async throws {
        try await ArchiveBench.run { bench in
            try bench.write([("f", noise(4 * SealedChunk.plainBytes))])
            let whole = try bench.bytes
            let header = ArchiveHeader.magic.count + 1 + 1_120 + 48
            let chunks = stride(from: header, to: whole.count, by: SealedChunk.sealedBytes).map {
                whole[$0..<min($0 + SealedChunk.sealedBytes, whole.count)]
            }
            #expect(chunks.count == 5)
            for order in [[1, 0, 2, 3, 4], [0, 1, 1, 2, 3, 4], [0, 2, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3], [4]] {
                try bench.replace(order.reduce(whole.prefix(header)) { $0 + chunks[$1] })
                #expect(throws: BackupError.damaged, "\(order)") { try bench.extract() }
            }
        }
    }

    @Test func `Nothing of a file can be read in the archive`() async throws {
        try await ArchiveBench.run { bench in
            let canary = Array("canari-0b5c3f-secret".utf8)
            try bench.write([("keys/" + String(decoding: canary, as: UTF8.self), noise(200) + canary + noise(200))])
            let bytes = try bench.bytes
            #expect(bytes.range(of: Data(canary)) == nil)
            #expect(bytes.range(of: Data("keys/".utf8)) == nil)
            #expect(bytes.range(of: bench.identity.recipient.key.rawRepresentation) == nil)
        }
    }

    @Test func `After a failure the folder is as empty as it was`() async throws {
        try await ArchiveBench.run { bench in
            try bench.write([("a", noise(200_000)), ("b", noise(10))])
            var altered = try bench.bytes
            altered[altered.count - 1] ^= 1
            try bench.replace(altered)
            let target = bench.folder + "/out"
            #expect(throws: BackupError.damaged) { try bench.extract(to: target) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: target).isEmpty)
        }
    }

    @Test func `A folder that holds anything is left alone`() async throws {
        try await ArchiveBench.run { bench in
            try bench.write([("a", [1])])
            let target = bench.folder + "/out"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            try Data([2]).write(to: URL(filePath: target + "/a"))
            #expect(throws: BackupError.exists(target)) { try bench.extract(to: target) }
            #expect(try Data(contentsOf: URL(filePath: target + "/a")) == Data([2]))
        }
    }

    @Test func `An archive never takes the place of a file`() async throws {
        try await ArchiveBench.run { bench in
            try bench.write([("a", [1])])
            #expect(throws: BackupError.exists(bench.archive)) { try bench.write([("a", [1])]) }
        }
    }

    @Test(arguments: ["/a", "../a", "a/../../b", "", "a//b", "./a", "a/", "a\0b"])
    func `A name that could lead elsewhere is refused`(name: String) async throws {
        try await ArchiveBench.run { bench in
            #expect(throws: BackupError.unsafeName) { try bench.write([(name, [1])]) }
            #expect(!ArchiveName.isSafe(name))
            // The unfinished archive leaves nothing behind.
            let left = try FileManager.default.contentsOfDirectory(atPath: bench.folder)
            #expect(left == ["source-0"])
        }
    }

    @Test func `A file that grows meanwhile is taken up to where it was told`() async throws {
        try await ArchiveBench.run { bench in
            let source = bench.folder + "/grows"
            try Data(noise(3_000_000)).write(to: URL(filePath: source))
            let writer = try ArchiveWriter(
                bench.archive, for: [bench.identity.recipient], program: "1", made: Date(timeIntervalSince1970: 0))
            try writer.add("f", file: source, limit: 1_500_000)
            let digest = try writer.finish()
            #expect(try ArchiveReader(bench.archive, identity: bench.identity).digest() == digest)
            #expect(try bench.extract().bytes == 1_500_000)
        }
    }
}
