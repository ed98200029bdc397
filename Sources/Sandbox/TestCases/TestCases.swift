import Foundation
import Values

/// Published test cases, by operation.
public struct TestCases: Sendable {
    private let cases: [String: [TestCase]]

    /// Loads a folder of folders named after operations, each of files `*.yaml` or `*.yml`.
    /// - Throws: ``TestCaseError`` for the first file that cannot be read.
    public init(directory: String) throws(TestCaseError) {
        var cases: [String: [TestCase]] = [:]
        for operation in try Self.names(in: directory) {
            let folder = directory + "/" + operation
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                continue
            }
            cases[operation] = try Self.load(folder)
        }
        self.cases = cases
    }

    /// The number of cases.
    public var count: Int { cases.values.reduce(0) { $0 + $1.count } }

    /// The published answer to a call, whole; nil where no case matches.
    ///
    /// Letter case is set aside and numbers are compared as numbers; a list equals a list of the same items in order.
    /// Of several cases that match, the one with most parameters answers, then the first by file name.
    /// - Parameter parameters: the call's, by public name with or without the `[]` of a list.
    public func answer(operation: String, parameters: [String: JSON]) -> (status: Int, body: [UInt8])? {
        guard let candidates = cases[operation] else { return nil }
        let call = Dictionary(
            parameters.map { (TestCase.bare($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        return candidates.first { $0.matches(call) }.map { ($0.status, $0.payload) }
    }

    /// The cases of one folder: those with most parameters first, then by file name.
    static func load(_ folder: String) throws(TestCaseError) -> [TestCase] {
        var cases: [TestCase] = []
        for name in try names(in: folder) where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            cases.append(try TestCase(path: folder + "/" + name))
        }
        return cases.sorted { ($1.parameters.count, $0.name) < ($0.parameters.count, $1.name) }
    }

    private static func names(in folder: String) throws(TestCaseError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw TestCaseError(file: folder, reason: "this folder cannot be read")
        }
    }
}
