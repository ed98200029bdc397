import Crypto
import Foundation
import Testing

@testable import Ledger

/// The tree of RFC 6962, against vectors of the certificate-transparency tests and the RFC's own definition.
@Suite struct TreeTests {
    private static let inputs = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        stride(from: 0, to: hexadecimal.count, by: 2).compactMap { index in
            let start = hexadecimal.index(hexadecimal.startIndex, offsetBy: index)
            return UInt8(hexadecimal[start...].prefix(2), radix: 16)
        }
    }

    /// RFC 6962 §2.1, word for word.
    private static func root(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        if leaves.count < 2 { return leaves.first ?? .empty }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let middle = leaves.startIndex + half
        return .node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    @Test func `roots are those of the certificate-transparency tests`() {
        var frontier = Frontier()
        #expect(frontier.root.bytes == Self.bytes(Self.roots[0]))
        for (input, root) in zip(Self.inputs, Self.roots.dropFirst()) {
            frontier.append(.leaf(Self.bytes(input)))
            #expect(frontier.root.bytes == Self.bytes(root))
        }
    }

    @Test(arguments: 0..<300)
    func `a leaf of any length is its SHA-256 behind a zero, as swift-crypto has it`(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        #expect(MerkleHash.leaf(payload).bytes == Array(SHA256.hash(data: [0] + payload)))
    }

    @Test func `inclusion and consistency are proven for every pair of sizes, and no proof fits anything else`()
        throws
    {
        let scratch = Scratch()
        let folder = LedgerFolder(scratch.url)
        try folder.create()
        let count = 40
        let leaves = (0..<count).map { MerkleHash.leaf(Array("leaf \($0)".utf8)) }
        let roots = (0...count).map { Self.root(leaves[..<$0]) }
        var tree = try GrowingTree(remaking: folder, at: Frontier(), from: [])
        for leaf in leaves { tree.append(leaf) }
        tree.write()
        let maker = try ProofMaker(folder)
        for size in 1...count {
            for index in 0..<size {
                let path = try maker.inclusion(of: UInt64(index), in: UInt64(size))
                #expect(
                    MerkleProof.root(ofLeaf: leaves[index], at: UInt64(index), in: UInt64(size), path) == roots[size])
                #expect(path.count <= 6)
                let other = (index + 1) % size
                if other != index {
                    let wrong = MerkleProof.root(ofLeaf: leaves[other], at: UInt64(index), in: UInt64(size), path)
                    #expect(wrong != roots[size])
                }
            }
            for old in 0...size {
                let (path, old) = (try maker.consistency(from: UInt64(old), to: UInt64(size)), UInt64(old))
                let (before, after) = (roots[Int(old)], roots[size])
                #expect(MerkleProof.isConsistent(old, before, UInt64(size), after, path))
                #expect(!MerkleProof.isConsistent(old, leaves[0], UInt64(size), after, path) || before == leaves[0])
                #expect(old == 0 || !MerkleProof.isConsistent(old, before, UInt64(size), leaves[1], path))
                #expect(!MerkleProof.isConsistent(old, before, UInt64(size), after, path + [leaves[0]]))
                if !path.isEmpty {
                    #expect(!MerkleProof.isConsistent(old, before, UInt64(size), after, Array(path.dropLast())))
                }
            }
        }
    }

    @Test func `the files of the tree are made again where they are lost, cut short or altered`() async throws {
        let scratch = Scratch()
        let limits = LedgerLimits(segmentBytes: 2000, preallocatedBytes: 4096)
        try await scratch.fill(1..<20, limits: limits)
        let whole = try Self.tree(scratch)
        let leaves = scratch.url.appending(path: "tree/00")
        for damage in 0..<3 {
            switch damage {
            case 0: try FileManager.default.removeItem(at: scratch.url.appending(path: "tree"))
            case 1: try Data(try Data(contentsOf: leaves).prefix(100)).write(to: leaves)
            default: try Data(repeating: 7, count: 19 * 32).write(to: scratch.url.appending(path: "tree/03"))
            }
            await (try scratch.writer(limits: limits)).close()
            #expect(try Self.tree(scratch) == whole)
        }
    }

    private static func tree(_ scratch: Scratch) throws -> [Data] {
        let folder = scratch.url.appending(path: "tree")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { try Data(contentsOf: folder.appending(path: $0)) }
    }

    @Test func `a ledger of version 1 is read, and goes on as a tree of all its records`() async throws {
        let scratch = Scratch()
        try await scratch.fill(1..<8)
        let current = try #require(scratch.segments.first)
        // The segment as the former version wrote it: its header has neither name nor root.
        var old: [UInt8] = []
        old.append(text: "UFLEDGER")
        old.append(littleEndian: UInt32(1))
        old.append(littleEndian: UInt64(1))
        old += [UInt8](repeating: 0, count: 40)
        old.append(littleEndian: Checksum.of(old, 0..<old.count))
        let frames = try Data(contentsOf: current).dropFirst(SegmentHeader.fixedBytes)
        try FileManager.default.removeItem(at: scratch.url.appending(path: "tree"))
        try (Data(old) + frames).write(to: current)
        #expect(try scratch.reader.all() == (1...7).map(CallRecord.kept))
        try await scratch.fill(8..<12)
        #expect(scratch.segments.count == 2)
        #expect(try scratch.reader.all() == (1...11).map(CallRecord.kept))
        #expect(try scratch.reader.verify().problems == [])
        let leaves = (1...11).map { MerkleHash.leaf(CallRecord.kept($0).serialized.utf8) }
        #expect(try ProofMaker(LedgerFolder(scratch.url)).root(11) == Self.root(leaves[...]))
    }
}
