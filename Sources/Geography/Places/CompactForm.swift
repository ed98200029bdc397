import Foundation

/// The form in which the geographic code is kept: a line a place, columns between tabs, a closing line that counts them.
///
/// The first column says what the line is: `R` region, `D` département, `E` EPCI, `C` commune, `A` municipal district,
/// `O` former code. It can be read, compared and cut by eye.
enum CompactForm {
    private static let opening = "unefois-geography\t1"

    static func write(_ geography: GeographicCode) -> String {
        var lines = [opening]
        lines += geography.regions.map { row("R", $0.code, $0.name, $0.seat) }
        lines += geography.departments.map { row("D", $0.code, $0.name, $0.region, $0.seat) }
        lines += geography.epcis.map {
            row("E", $0.code, $0.name, $0.kind, $0.financing, $0.population.map(String.init))
        }
        lines += geography.communes.map(row)
        lines += geography.formerCodes.map { row("O", $0.code, $0.replaced, $0.successors.joined(separator: " ")) }
        lines.append("end\t\(lines.count - 1)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ cells: String?...) -> String { cells.map { $0 ?? "" }.joined(separator: "\t") }

    private static func row(_ commune: Commune) -> String {
        row(
            commune.isDistrict ? "A" : "C", commune.code, commune.name, commune.parent, commune.epci, commune.siren,
            commune.population.map(String.init), commune.postcodes.joined(separator: " "),
            commune.centre.map { "\($0.latitude) \($0.longitude)" })
    }

    /// - Parameter name: that of the file, for messages.
    /// - Throws: ``GeographyFault`` with the first line that is not as ``write(_:)`` makes it.
    static func read(_ text: String, name: String) throws(GeographyFault) -> GeographicCode {
        func unreadable(_ index: Int) -> GeographyFault {
            GeographyFault(faults: ["\(name):\(index + 1) : ligne illisible ; refaites l'import"])
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines[0] == opening else { throw unreadable(0) }
        var geography = GeographicCode()
        for (index, line) in lines.enumerated().dropFirst() {
            if line.hasPrefix("end\t") {
                guard line == "end\t\(index - 1)" else { throw unreadable(index) }
                return geography
            }
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard add(cells, to: &geography) else { throw unreadable(index) }
        }
        throw unreadable(lines.count - 1)
    }

    private static func add(_ cells: [Substring], to geography: inout GeographicCode) -> Bool {
        func text(_ index: Int) -> String { String(cells[index]) }
        func optional(_ index: Int) -> String? { cells[index].isEmpty ? nil : text(index) }
        switch (cells[0], cells.count) {
        case ("R", 4): geography.regions.append(Region(code: text(1), name: text(2), seat: optional(3)))
        case ("D", 5):
            geography.departments.append(
                Department(code: text(1), name: text(2), region: text(3), seat: optional(4)))
        case ("E", 6):
            geography.epcis.append(
                Epci(
                    code: text(1), name: text(2), kind: text(3), financing: text(4), population: Int(cells[5])))
        case ("C", 9), ("A", 9):
            geography.communes.append(
                Commune(
                    code: text(1), name: text(2), parent: optional(3), epci: optional(4), siren: optional(5),
                    population: Int(cells[6]), postcodes: words(cells[7]), centre: point(cells[8])))
        case ("O", 4):
            geography.formerCodes.append(
                FormerCode(code: text(1), replaced: text(2), successors: words(cells[3])))
        default: return false
        }
        return true
    }

    private static func words(_ cell: Substring) -> [String] { cell.split(separator: " ").map(String.init) }

    private static func point(_ cell: Substring) -> Coordinates? {
        let numbers = cell.split(separator: " ").compactMap { Double($0) }
        return numbers.count == 2 ? Coordinates(latitude: numbers[0], longitude: numbers[1]) : nil
    }
}
