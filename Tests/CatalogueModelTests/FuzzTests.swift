import Foundation
import TestSupport
import Testing
import Values

@testable import CatalogueModel

/// Texts that nobody should write, through the code that reads catalogues, providers' answers and addresses.
///
/// `MUTATIONS=20000 SEED=7 swift test --filter FuzzTests` makes that many of each in place of a few hundred.
@Suite struct FuzzTests {
    private static let count = Int(environment: "MUTATIONS", else: 300)

    @Test func `a mutated catalogue compiles or is told its faults`() throws {
        var random = SeededGenerator.fromEnvironment
        var (compiled, refused) = (0, 0)
        let names = BrokenCatalogueTests.files.keys.sorted()
        let lines = names.flatMap {
            BrokenCatalogueTests.files[$0, default: ""].split(separator: "\n").map(String.init)
        }
        for _ in 0..<Self.count {
            let name = try #require(names.randomElement(using: &random))
            let text = Self.mutated(BrokenCatalogueTests.files[name, default: ""], with: lines, using: &random)
            let remarks = try BrokenCatalogueTests.remarks(replacing: name, by: text)
            // A remark tells a file and says something.
            for remark in remarks { #expect(remark.contains(": ") && remark.count > 12, "\(remark)") }
            if remarks.isEmpty { compiled += 1 } else { refused += 1 }
        }
        #expect(compiled > Self.count / 50 && refused > Self.count / 4, "\(compiled) compiled, \(refused) refused")
    }

    /// Lines moved, gone, indented or come from elsewhere, or bytes changed.
    private static func mutated(
        _ text: String, with others: [String], using random: inout SeededGenerator
    ) -> [UInt8] {
        var lines = text.split(separator: "\n").map(String.init)
        let place = Int.random(in: 0..<lines.count, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(others.randomElement(using: &random) ?? "", at: place)
        case 2: lines[place] = String(repeating: " ", count: Int.random(in: 0...8, using: &random)) + lines[place]
        case 3: lines.swapAt(place, Int.random(in: 0..<lines.count, using: &random))
        case 4:
            let signs = [
                "{", "}", "[", "]", "@", "|", "\"", ":", "&a ", "*a", "<<: ", "!!binary ", "@body", "[*]", "- ",
            ]
            let cut = lines[place].index(
                lines[place].startIndex, offsetBy: Int.random(in: 0...lines[place].count, using: &random))
            lines[place].insert(contentsOf: signs.randomElement(using: &random) ?? "", at: cut)
        default:
            var bytes = Array(text.utf8)
            bytes.mutate(using: &random)
            return bytes
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    @Test func `a mutated answer of a provider is answered, refused or unknown, with granted keys only`() throws {
        var random = SeededGenerator.fromEnvironment
        let bench = try ScopeLeakTests.Bench()
        var (answered, refused) = (0, 0)
        for _ in 0..<Self.count * 4 {
            let (operation, facts) = try #require(bench.prepared.randomElement(using: &random))
            var bytes = facts.bytes
            for _ in 0..<3 { bytes.mutate(using: &random) }
            let received = bench.replay.received(
                facts, status: facts.status, headers: [:], bytes: Data(bytes), by: operation)
            let leaks = try bench.leaks(operation, received, using: &random)
            #expect(leaks == nil || leaks == [], "\(operation.id)")
            if leaks == nil { refused += 1 } else { answered += 1 }
        }
        #expect(answered > 20 && refused > 20, "\(answered) answered, \(refused) refused")
    }

    @Test func `any path leads to an operation whose variables it holds, or nowhere`() throws {
        let routes = try Shipped.catalogue.routes
        let known = try Shipped.catalogue.operations.map(\.route)
        var random = SeededGenerator.fromEnvironment
        for _ in 0..<Self.count * 20 {
            var bytes = Array((known.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) { bytes.mutate(using: &random) }
            let path = String(decoding: bytes, as: UTF8.self)
            guard case .operation(let operation, let variables) = routes.match(path) else { continue }
            let filled = variables.reduce(operation.route) { $0.replacing("{\($1.key)}", with: $1.value) }
            #expect(filled == path)
            #expect(variables.values.allSatisfy { !$0.isEmpty && !$0.contains("/") })
        }
    }
}

extension BrokenCatalogueTests {
    /// What the compiler says where a file of the small catalogue holds those bytes.
    static func remarks(replacing name: String, by bytes: [UInt8]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (path, text) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try (path == name ? Data(bytes) : Data(text.utf8)).write(to: file)
        }
        do {
            _ = try CatalogueCompiler(folder: folder).compile()
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }
}
