@testable import CatalogueModel
import Foundation
import Testing
import Values

/// Replays, without network, the answers of the providers that the public contract publishes.
@Suite(.enabled(if: Contract.isThere, "the public contract (../shared) is not on this machine"))
struct RecordedAnswersTests {
    static let providers: Set = ["cnav", "insee", "mesri", "urssaf"]

    @Test(arguments: Contract.entries(of: providers))
    func `a recorded answer of a provider gives the published answer`(_ entry: Contract.Entry) throws {
        let catalogue = try Shipped.catalogue
        let operation = try #require(catalogue.operation(entry.operation), "\(entry.operation) is not in the catalogue")
        let replay = Replay(catalogue: catalogue, clock: .fixed(Date(timeIntervalSince1970: 1_777_370_400)))
        var facts = replay.facts(operation, parameters: entry.parameters)
        facts = replay.received(
            facts, status: entry.status, headers: entry.headers, bytes: try Contract.data(entry.file), by: operation)
        if let next = entry.next, let plan = try operation.plan(for: facts) {
            let again = try #require(try plan.redirected(facts))
            facts = replay.received(again, status: 200, headers: [:], bytes: try Contract.data(next), by: operation)
        }
        let scopes = catalogue.scopes.names.filter { operation.identity != .franceConnect || !$0.contains("_identite") }
        switch replay.outcome(operation, facts, scopes: catalogue.scopes.set(scopes)) {
        case .answer(let answer):
            #expect(entry.expectedStatus == 200)
            let expected = try #require(entry.payload.map { try JSON(parsing: Contract.data($0)) })
            let differences = Contract.comparable(answer, with: expected).differences(
                from: Contract.comparable(expected))
            #expect(differences.isEmpty, "\(differences)")
        case .problem(let problem):
            #expect(catalogue.status(of: problem, in: operation) == entry.expectedStatus)
            #expect(operation.code(of: problem) == entry.expectedCode)
            let meta = JSON.object(try problem.meta(facts))
            for key in entry.meta.members ?? [] where key.value.int != nil { #expect(meta[key.key] == key.value) }
            for key in entry.meta.members ?? [] { #expect(meta[key.key] != nil, "\(key.key)") }
        }
    }

    @Test func `every operation of these providers is described`() throws {
        let text = String(decoding: try Contract.data("../routes.json"), as: UTF8.self)
        let routes = try #require(try JSON(parsing: text.utf8).members)
        let catalogue = try Shipped.catalogue
        for route in routes
        where ["cnav", "insee", "mesri", "acoss"].contains(where: { route.key.contains("_\($0)_") }) {
            #expect(catalogue.operation(route.key)?.route == route.value.text, "\(route.key)")
        }
    }
}

/// The public contract beside the checkout, where it is there.
enum Contract {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/contract/providers")
    static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "index.yaml").path) }

    /// One recorded answer, for one operation.
    struct Entry: Sendable, CustomTestStringConvertible {
        let operation: String
        let file: String
        let parameters: [(name: String, value: JSON)]
        let status: Int
        let headers: [String: String]
        let next: String?
        let expectedStatus: Int
        let expectedCode: String?
        let payload: String?
        let meta: JSON

        var testDescription: String { "\(file) → \(operation)" }
    }

    static func data(_ file: String) throws -> Data { try Data(contentsOf: folder.appending(path: file)) }

    static func entries(of providers: Set<String>) -> [Entry] {
        guard isThere, let text = try? String(contentsOf: folder.appending(path: "index.yaml"), encoding: .utf8),
            let index = try? Element(yaml: text, file: "index.yaml")?.json.items
        else { return [] }
        return index.filter { providers.contains($0["provider"]?.text ?? "") && $0["replay"] != false }.flatMap {
            entry in
            (entry["operations"]?.items ?? []).compactMap(\.text).map { self.entry($0, entry, index) }
        }
    }

    private static func entry(_ operation: String, _ entry: JSON, _ index: [JSON]) -> Entry {
        let next = entry["then"]?.text
        let answer = index.first { next != nil && $0["file"]?.text == next } ?? entry
        let payload = answer["expect"]?["payload"]?.items?.first { item in
            item["operations"]?.items?.contains(.string(operation)) ?? false
        }
        return Entry(
            operation: operation, file: entry["file"]?.text ?? "",
            parameters: (entry["public_params"]?.members ?? []).map { ($0.key, $0.value) },
            status: entry["upstream"]?["status"]?.int ?? 200,
            headers: Dictionary(
                (entry["upstream"]?["headers"]?.members ?? []).map { ($0.key, $0.value.text ?? "") },
                uniquingKeysWith: { $1 }),
            next: next, expectedStatus: entry["expect"]?["status"]?.int ?? 200,
            expectedCode: entry["expect"]?["code"]?.text, payload: payload?["file"]?.text,
            meta: entry["expect"]?["meta"] ?? .object([]))
    }

    /// The value without the hosts of its links, which follow the environment, and with the free texts of `expected`.
    static func comparable(_ value: JSON, with expected: JSON? = nil) -> JSON {
        switch value {
        case .object(let members):
            return .object(members.map { JSON.Member($0.key, comparable($0.value, with: expected?[$0.key])) })
        case .array(let items):
            return .array(items.enumerated().map { comparable($1, with: expected?.items?[safe: $0]) })
        case .string(let text):
            if expected == "(texte libre)" { return "(texte libre)" }
            guard text.hasPrefix("https://") else { return value }
            return .string("/" + text.split(separator: "/", maxSplits: 2).dropFirst(2).joined())
        default: return value
        }
    }
}
