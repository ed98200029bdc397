import Foundation
import SwiftCSV
import Values

/// A table of codes and labels, from a CSV file of `Catalogue/nomenclatures/`; the first column is the code.
public final class Nomenclature: Sendable {
    public let name: String
    let columns: [String]
    private let rows: [String: [String]]

    init(name: String, file: URL) throws {
        self.name = name
        let table = try CSV<Enumerated>(url: file, delimiter: .comma, encoding: .utf8, loadColumns: false)
        columns = table.header
        rows = Dictionary(
            table.rows.compactMap { row in row.first.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The cell of that code and column, counted from 0; nil where the code is unknown or the cell empty.
    func cell(_ code: String, _ column: Int) -> String? {
        guard let cell = rows[code]?[safe: column], !cell.isEmpty else { return nil }
        return cell
    }
}

/// A compiled regular expression.
public struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init?(_ text: String) {
        guard let expression = try? NSRegularExpression(pattern: text, options: [.anchorsMatchLines]) else {
            return nil
        }
        self.expression = expression
    }

    /// The first group of the first match, or the whole match where there is no group.
    func firstCapture(in text: String) -> String? {
        let whole = NSRange(text.startIndex..., in: text)
        guard let match = expression.firstMatch(in: text, range: whole) else { return nil }
        return Range(match.range(at: match.numberOfRanges > 1 ? 1 : 0), in: text).map { String(text[$0]) }
    }

    /// The groups of every match, the whole match where there is no group; a group that took no part is null.
    func captures(in text: String) -> [[JSON]] {
        let whole = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: whole).map { match in
            let groups = match.numberOfRanges > 1 ? 1..<match.numberOfRanges : 0..<1
            return groups.map { group in
                Range(match.range(at: group), in: text).map { .string(String(text[$0])) } ?? .null
            }
        }
    }

    /// The text rewritten by a template that names groups `$1`, `$2`…; nil where it does not match.
    func rewritten(_ text: String, as template: String) -> String? {
        let whole = NSRange(text.startIndex..., in: text)
        guard let match = expression.firstMatch(in: text, range: whole) else { return nil }
        return expression.replacementString(for: match, in: text, offset: 0, template: template)
    }

    /// True where the whole text matches.
    public func matches(_ text: String) -> Bool {
        let whole = NSRange(text.startIndex..., in: text)
        return expression.firstMatch(in: text, range: whole)?.range == whole
    }
}
