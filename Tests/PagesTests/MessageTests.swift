import Foundation
import Testing

@testable import Pages

@Suite struct MessageTests {
    private func files(_ suffix: String) throws -> [(name: String, text: String)] {
        let paths = FileManager.default.enumerator(atPath: Shipped.sources.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(suffix) }.map { path in
            (path, try String(contentsOf: Shipped.sources.appending(path: path), encoding: .utf8))
        }
    }

    private func messages() throws -> Messages {
        try Messages(folder: Shipped.sources.appending(path: "Resources"))
    }

    @Test func `every message that the code names exists`() throws {
        let messages = try messages()
        for file in try files(".swift") {
            for match in file.text.matches(of: /messages\.text\("([A-Za-z.]+)"/) {
                #expect(messages.has(String(match.1)), "\(file.name): \(match.1)")
            }
            for match in file.text.matches(of: /messages\.count\("([A-Za-z.]+)"/) {
                #expect(messages.has("\(match.1).one") && messages.has("\(match.1).many"), "\(file.name): \(match.1)")
            }
        }
    }

    @Test(arguments: ["{{t.nulle.part}}", "{{> nowhere}}", "{{<nowhere}}{{/nowhere}}", "{{{raw}}}", "{{&raw}}"])
    func `a template that refers to nothing, or does not escape, stops the start`(text: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appending(path: "page.mustache"))
        let messages = try messages()
        #expect(throws: TemplateFault.self) { try Templates(folder: folder, messages: messages, missing: nil) }
    }

    @Test func `a name that no page gives is reported`() throws {
        let missing = MissingNames()
        let site = try Site(options: Shipped.options(), missing: missing)
        _ = site.page("fault", title: "x", [:])
        #expect(missing.all == ["faultTitle", "faultText", "faultStatus"])
    }

    @Test func `the names of messages are the only dotted names of templates`() throws {
        for file in try files(".mustache") {
            for match in file.text.matches(of: /\{\{[#^\/]?\s*([A-Za-z]+)\.([A-Za-z.]+)/) where match.1 != "t" {
                Issue.record("\(file.name): \(match.0)")
            }
        }
    }

    @Test func `none and one are singular`() throws {
        let messages = try messages()
        #expect(messages.count("openapi.operations", 1) == "1 appel")
        #expect(messages.count("openapi.operations", 2) == "2 appels")
    }
}
