import Foundation
import Values
import Yams

/// A published test case: what to answer to a call with those parameters.
struct TestCase: Sendable {
    /// The name of its file.
    let name: String
    /// By name without a trailing `[]`; null ones and those that never decide left out.
    let parameters: [String: JSON]
    let status: Int
    let payload: [UInt8]

    /// Those who call and why have no part in what is answered.
    private static let ignored: Set<String> = ["recipient", "context", "object"]

    /// Reads a file of the form `{params, status, payload}`.
    /// - Throws: ``TestCaseError``, which names the file.
    init(path: String) throws(TestCaseError) {
        let file = URL(filePath: path)
        name = file.lastPathComponent
        let root: Node?
        do {
            root = try compose(yaml: String(contentsOf: file, encoding: .utf8))
        } catch {
            throw TestCaseError(file: path, reason: String(describing: error))
        }
        guard let mapping = root?.mapping else { throw TestCaseError(file: path, reason: "a mapping was expected") }
        guard let status = mapping["status"].flatMap(YAML11.value)?.int, (100...599).contains(status) else {
            throw TestCaseError(file: path, reason: "`status` is no HTTP status")
        }
        self.status = status
        payload = try Self.payload(mapping["payload"], path: path)
        parameters = try Self.parameters(mapping["params"], path: path)
    }

    /// True where each parameter of the case is in the call with an equal value.
    func matches(_ call: [String: JSON]) -> Bool {
        parameters.allSatisfy { name, value in call[name].map { Self.equal(value, $0) } ?? false }
    }

    /// The name of a parameter without the brackets of a list.
    static func bare(_ name: String) -> String { name.hasSuffix("[]") ? String(name.dropLast(2)) : name }

    private static func payload(_ node: Node?, path: String) throws(TestCaseError) -> [UInt8] {
        guard let node, node.null == nil else { return [] }
        guard let text = node.scalar?.string else { throw TestCaseError(file: path, reason: "`payload` is no text") }
        return Array(text.utf8)
    }

    private static func parameters(_ node: Node?, path: String) throws(TestCaseError) -> [String: JSON] {
        guard let node, node.null == nil else { return [:] }
        guard let mapping = node.mapping else { throw TestCaseError(file: path, reason: "`params` is no mapping") }
        var parameters: [String: JSON] = [:]
        for (key, node) in mapping {
            guard let name = key.string, let value = YAML11.value(node) else {
                throw TestCaseError(file: path, reason: "`params` holds something other than texts, numbers and lists")
            }
            if value != .null, !ignored.contains(bare(name)) { parameters[bare(name)] = value }
        }
        return parameters
    }

    private static func equal(_ expected: JSON, _ given: JSON) -> Bool {
        if let expected = expected.items {
            guard let given = given.items, given.count == expected.count else { return false }
            return zip(expected, given).allSatisfy { equal($0, $1) }
        }
        guard let left = expected.text, let right = given.text else { return false }
        if expected.isNumber || given.isNumber, let left = number(left), let right = number(right) {
            return left == right
        }
        return left.lowercased() == right.lowercased()
    }

    /// The number a text writes in decimal.
    private static func number(_ text: String) -> Decimal? {
        guard text.wholeMatch(of: /[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?/) != nil else { return nil }
        return Decimal(string: text)
    }
}

/// A test case that cannot be read.
public struct TestCaseError: Error, Sendable, CustomStringConvertible {
    public let file: String
    public let reason: String
    public var description: String { "\(file): \(reason)" }
}

extension JSON {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .decimal: true
        default: false
        }
    }
}
