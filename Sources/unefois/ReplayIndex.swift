import Foundation
import Values
import Yams

/// The index of recorded provider answers: each says what a provider answered and what the hub must make of it.
struct ReplayIndex {
    struct Entry {
        let file: String
        let provider: String
        let operations: [String]
        var parameters: [(name: String, value: JSON)]
        let status: Int
        let headers: [String: String]
        let expectedStatus: Int
        let expectedCode: String?
        /// File of the expected answer by operation.
        let expectedFiles: [String: String]
        /// The file and entry of the provider's next answer.
        let next: String?
    }

    let folder: URL
    let entries: [Entry]
    private let statuses: [String: (status: Int, headers: [String: String])]

    struct Failure: Error, CustomStringConvertible { let description: String }

    init(_ path: String) throws {
        let file = URL(filePath: path)
        folder = file.deletingLastPathComponent()
        guard let node = try Yams.compose(yaml: String(contentsOf: file, encoding: .utf8)),
            let items = node.sequence
        else { throw Failure(description: "\(path) n'est pas un index : une liste était attendue") }
        entries = items.compactMap(Self.entry).map { [folder] entry in
            guard let subjects = ReplaySubjects(entry, folder: folder) else { return entry }
            var entry = entry
            entry.parameters = subjects.parameters(entry.parameters)
            return entry
        }
        statuses = Dictionary(
            items.compactMap { item in
                item["file"]?.string.map { ($0, (item["upstream"]?["status"]?.int ?? 200, Self.headers(item))) }
            }, uniquingKeysWith: { $1 })
    }

    private static func entry(_ node: Node) -> Entry? {
        guard node["replay"]?.bool != false, let file = node["file"]?.string, let provider = node["provider"]?.string,
            let expected = node["expect"]?["status"]?.int
        else { return nil }
        var files: [String: String] = [:]
        for payload in node["expect"]?["payload"]?.sequence.map(Array.init) ?? [] {
            for operation in payload["operations"]?.sequence.map(Array.init) ?? [] {
                if let id = operation.string, let name = payload["file"]?.string { files[id] = name }
            }
        }
        return Entry(
            file: file, provider: provider,
            operations: node["operations"]?.sequence.map { $0.compactMap(\.string) } ?? [],
            parameters: (node["public_params"]?.mapping.map(Array.init) ?? []).compactMap { pair in
                pair.key.string.map { ($0, Self.json(pair.value)) }
            },
            status: node["upstream"]?["status"]?.int ?? 200, headers: headers(node), expectedStatus: expected,
            expectedCode: node["expect"]?["code"]?.string, expectedFiles: files, next: node["then"]?.string)
    }

    private static func headers(_ node: Node) -> [String: String] {
        let pairs = (node["upstream"]?["headers"]?.mapping.map(Array.init) ?? []).compactMap { pair in
            pair.key.string.flatMap { key in pair.value.string.map { (key, $0) } }
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private static func json(_ node: Node) -> JSON {
        if let items = node.sequence { return .array(items.map(json)) }
        return node.string.map(JSON.string) ?? .null
    }

    /// The provider's answers to an entry, in order.
    func answers(_ entry: Entry) throws -> [ReplayAnswer] {
        var answers = [try answer(entry.file, entry.status, entry.headers)]
        if let next = entry.next {
            let upstream = statuses[next] ?? (200, [:])
            answers.append(try answer(next, upstream.status, upstream.headers))
        }
        return answers
    }

    private func answer(_ file: String, _ status: Int, _ headers: [String: String]) throws -> ReplayAnswer {
        ReplayAnswer(status: status, headers: headers, body: try Self.body(folder.appending(path: file)))
    }

    /// The recorded bytes. An XML answer may have been copied out of a program's text: its escapes are undone and
    /// what follows the root is left out, without which it would be no XML.
    static func body(_ file: URL) throws -> [UInt8] {
        let data = try Data(contentsOf: file)
        guard file.pathExtension == "xml", data.range(of: Data(#"=\""#.utf8)) != nil else { return [UInt8](data) }
        let text = String(decoding: data, as: UTF8.self)
        let end = text.lastIndex(of: ">") ?? text.startIndex
        return Array(text[...end].replacing(#"\""#, with: "\"").replacing(#"\n"#, with: "\n").utf8)
    }

    func expectedBody(_ file: String) throws -> JSON {
        try JSON(parsing: Data(contentsOf: folder.appending(path: file)))
    }
}

/// One answer of the fake provider.
struct ReplayAnswer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]
}
