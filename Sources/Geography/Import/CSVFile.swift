import Foundation

/// The faults found in the files of an import, so that one run shows them all.
final class Faults {
    private(set) var texts: [String] = []
    private static let most = 20

    func add(_ text: String, _ file: String, _ line: Int) {
        guard texts.count <= Self.most else { return }
        texts.append(texts.count < Self.most ? "\(file):\(line) : \(text)" : "… et d'autres")
    }
}

/// A table of text (RFC 4180) in UTF-8, whose cells commas, semicolons or tabs part.
struct CSVFile {
    let name: String
    private let bytes: [UInt8]
    private let faults: Faults

    struct Row {
        let line: Int
        /// Those of the columns asked for, in that order; empty where the file lacks an optional one.
        let cells: [String]
    }

    init(_ url: URL, _ faults: Faults) throws {
        name = url.lastPathComponent
        self.faults = faults
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = Array(try Data(contentsOf: url))
        bytes = content.starts(with: mark) ? Array(content.dropFirst(3)) : content
    }

    /// The rows below the header, without those that hold no text at all. A row of another length than the header's is
    /// a fault.
    /// - Parameter columns: names in any case; `a|b` is the first of them that is there, `a*` any that begins so, and
    ///   `a?` may be missing.
    func rows(_ columns: String...) -> [Row] {
        var parser = CSVParser(bytes)
        guard let header = parser.next() else {
            faults.add("le fichier est vide", name, 1)
            return []
        }
        let names = header.cells.map { Self.text($0)?.lowercased().trimmingCharacters(in: .whitespaces) ?? "" }
        let places = columns.map { place(of: $0, names) }
        guard zip(places, columns).allSatisfy({ $0 != nil || $1.hasSuffix("?") }) else { return [] }
        var rows: [Row] = []
        while let row = parser.next() {
            if row.cells.allSatisfy(\.isEmpty) { continue }
            guard !row.isUnclosed, row.cells.count == names.count else {
                let text =
                    row.isUnclosed ? "guillemet non fermé" : "\(row.cells.count) cases, l'en-tête en a \(names.count)"
                faults.add(text, name, row.line)
                continue
            }
            let cells = places.map { $0.map { Self.text(row.cells[$0]) } ?? "" }
            guard !cells.contains(nil) else {
                faults.add("ce texte n'est pas de l'UTF-8, ou porte un signe de commande", name, row.line)
                continue
            }
            rows.append(Row(line: row.line, cells: cells.compactMap(\.self)))
        }
        if rows.isEmpty { faults.add("le fichier n'a aucune ligne utile", name, 1) }
        return rows
    }

    /// A fault of that row.
    func fault(_ text: String, _ row: Row) { faults.add(text, name, row.line) }

    private func place(of column: String, _ names: [String]) -> Int? {
        let isOptional = column.hasSuffix("?")
        for wanted in (isOptional ? String(column.dropLast()) : column).lowercased().split(separator: "|") {
            let isOpen = wanted.hasSuffix("*")
            let found = names.firstIndex { isOpen ? $0.hasPrefix(wanted.dropLast()) : $0 == wanted }
            if let found { return found }
        }
        if !isOptional { faults.add("la colonne \(column.replacing("|", with: " ou ")) manque", name, 1) }
        return nil
    }

    private static func text(_ cell: ArraySlice<UInt8>) -> String? {
        guard cell.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: cell, as: UTF8.self)
    }
}

/// Takes a text apart, row by row.
private struct CSVParser {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var place = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let header = bytes.prefix { $0 != 0x0A }
        let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        separator = separators.max { a, b in header.count { $0 == a } < header.count { $0 == b } } ?? separators[0]
    }

    mutating func next() -> (line: Int, cells: [ArraySlice<UInt8>], isUnclosed: Bool)? {
        guard place < bytes.count else { return nil }
        let first = line
        var cells: [ArraySlice<UInt8>] = []
        while true {
            let isQuoted = place < bytes.count && bytes[place] == 0x22
            guard let cell = isQuoted ? quotedCell() : plainCell() else { return (first, cells, true) }
            cells.append(cell)
            guard place < bytes.count, bytes[place] == separator else { break }
            place += 1
        }
        if place < bytes.count, bytes[place] == 0x0D { place += 1 }
        if place < bytes.count, bytes[place] == 0x0A { place += 1 }
        line += 1
        return (first, cells, false)
    }

    private mutating func plainCell() -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, bytes[place] != separator, bytes[place] != 0x0A, bytes[place] != 0x0D { place += 1 }
        return bytes[start..<place]
    }

    /// A cell between quotes, in which a quote is written twice; nil where the last one is missing.
    private mutating func quotedCell() -> ArraySlice<UInt8>? {
        var cell: [UInt8] = []
        place += 1
        while place < bytes.count {
            if bytes[place] == 0x22 {
                place += 1
                guard place < bytes.count, bytes[place] == 0x22 else { return cell[...] }
            }
            if bytes[place] == 0x0A { line += 1 }
            cell.append(bytes[place])
            place += 1
        }
        return nil
    }
}
