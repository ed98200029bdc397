import Foundation
import Testing
import Values

@testable import Sandbox

struct TestCasesTests {
    /// Writes cases by `operation/file` and loads them.
    private func load(_ files: [String: String]) throws -> TestCases {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        defer { try? FileManager.default.removeItem(at: root) }
        return try TestCases(directory: root.path())
    }

    private func answer(_ cases: TestCases, _ parameters: [String: JSON]) -> String? {
        cases.answer(operation: "op", parameters: parameters).map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test func `numbers are read as YAML 1.1 reads them and compared as numbers`() throws {
        let cases = try load(["op/a.yaml": "params: {jour: 05, mois: 010, annee: 1_987}\nstatus: 404\npayload: oui"])
        #expect(answer(cases, ["jour": 5, "mois": 8, "annee": 1987]) == "oui")
        #expect(answer(cases, ["jour": "05", "mois": "08", "annee": "1987"]) == "oui")
        #expect(answer(cases, ["jour": "5", "mois": 10, "annee": 1987]) == nil)
        #expect(cases.answer(operation: "op", parameters: ["jour": 5, "mois": 8, "annee": 1987])?.status == 404)
    }

    @Test func `a quoted number and one that YAML 1.1 cannot read are texts`() throws {
        let cases = try load([
            "op/a.yaml": "params: {cog: '08480'}\nstatus: 200\npayload: a",
            "op/b.yaml": "params: {mois: 08}\nstatus: 200\npayload: b",
        ])
        #expect(answer(cases, ["cog": "08480"]) == "a")
        #expect(answer(cases, ["cog": "8480"]) == nil)
        #expect(answer(cases, ["mois": "08"]) == "b")
        #expect(answer(cases, ["mois": 8]) == "b")
    }

    @Test func `letter case is set aside`() throws {
        let cases = try load(["op/a.yml": "params: {nom: 'Éric'}\nstatus: 200\npayload: a"])
        #expect(answer(cases, ["nom": "ÉRIC"]) == "a")
        #expect(answer(cases, ["nom": "eric"]) == nil)
    }

    @Test func `a list equals a list of the same items in order, by name with or without brackets`() throws {
        let cases = try load(["op/a.yaml": "params:\n  prenoms[]:\n  - Jean\n  - Paul\nstatus: 200\npayload: a"])
        #expect(answer(cases, ["prenoms": ["JEAN", "PAUL"]]) == "a")
        #expect(answer(cases, ["prenoms[]": ["JEAN", "PAUL"]]) == "a")
        #expect(answer(cases, ["prenoms": ["PAUL", "JEAN"]]) == nil)
        #expect(answer(cases, ["prenoms": ["JEAN"]]) == nil)
        #expect(answer(cases, ["prenoms": "JEAN"]) == nil)
    }

    @Test func `the case with most parameters answers, then the first by name`() throws {
        let cases = try load([
            "op/c.yaml": "params: {a: 1}\nstatus: 200\npayload: c",
            "op/b.yaml": "params: {a: 1, b: 2}\nstatus: 200\npayload: b",
            "op/d.yaml": "params: {a: 1, e: 5}\nstatus: 200\npayload: d",
        ])
        #expect(answer(cases, ["a": 1]) == "c")
        #expect(answer(cases, ["a": 1, "b": 2, "e": 5]) == "b")
        #expect(answer(cases, ["a": 1, "e": 5]) == "d")
        #expect(answer(cases, ["a": 2]) == nil)
        #expect(cases.answer(operation: "other", parameters: ["a": 1]) == nil)
    }

    @Test func `who calls and why has no part in the match`() throws {
        let cases = try load([
            "op/a.yaml": "params: {siren: '012345674', recipient: '1', context: x, object: y}\nstatus: 200\npayload: a"
        ])
        #expect(answer(cases, ["siren": "012345674", "recipient": "2"]) == "a")
    }

    @Test(arguments: [
        "params: [", "status: soon", "- 1", "status: 200\nparams: {a: {b: 1}}", "status: 200\npayload: [1]",
    ])
    func `a malformed file is named`(text: String) throws {
        let error = #expect(throws: TestCaseError.self) { try load(["op/broken.yaml": text]) }
        #expect(error?.file.hasSuffix("op/broken.yaml") == true)
    }

    @Test func `hundreds of cases are all loaded`() throws {
        var files: [String: String] = [:]
        for number in 0..<840 {
            files["op\(number % 100)/\(number).yaml"] = """
                title: Essai
                params: {nom: 'X\(number)', prenoms: ['A', 'B'], annee: 1980, mois: 5, jour: 3}
                status: 200
                payload: |-
                  {"data": {"est_beneficiaire": true, "liste": [1, 2, 3]}, "links": {}, "meta": {}}
                """
        }
        #expect(try load(files).count == 840)
    }
}
