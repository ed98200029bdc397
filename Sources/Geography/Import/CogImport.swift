import Foundation
import Values

/// Makes the geographic code of today from the files of a folder.
///
/// Files of different years go together: what one says of a former code counts for the commune that took its place.
public struct CogImport {
    public internal(set) var geography = GeographicCode()
    /// How many rows of each table were read, and how many of them were about no commune of today.
    public private(set) var report: [(table: String, rows: Int, ignored: Int)] = []

    /// The tables without a file.
    public private(set) var missing: [String] = []

    let faults = Faults()
    var communes: [String: CommuneDraft] = [:]
    var departments: [String: Department] = [:]
    var former: [String: FormerCode] = [:]
    private var seats: [(code: String, file: CSVFile, row: CSVFile.Row)] = []
    private let folder: URL

    /// A commune as its parts come together.
    struct CommuneDraft {
        var name: String
        var parent: String?
        var epci: String?
        var siren: String?
        var population: Int?
        /// That of the members of intercommunalities, for communes of which the populations say nothing.
        var memberPopulation: Int?
        var postcodes: Set<String> = []
        var centre: Coordinates?
    }

    /// - Throws: ``GeographyFault`` with the faults of all files, or the system's error.
    public init(_ folder: URL) throws {
        self.folder = folder
        try readRegions()
        try readDepartments()
        try readOverseas()
        try readCommunes()
        try readMovements()
        checkSeats()
        try readPostcodes()
        try readEpcis()
        try readPopulations()
        try readCentres()
        guard faults.texts.isEmpty else { throw GeographyFault(faults: faults.texts) }
        finish()
    }

    /// The rows of a table; none where its file is missing and may be.
    mutating func rows(_ table: CogTable, _ read: (CSVFile) -> [CSVFile.Row]) throws -> (CSVFile, [CSVFile.Row])? {
        guard let url = try table.file(in: folder) else {
            missing.append(table.title)
            return nil
        }
        let file = try CSVFile(url, faults)
        return (file, read(file))
    }

    mutating func tell(_ table: CogTable, rows: Int, ignored: Int = 0) {
        report.append((table.title, rows, ignored))
    }

    private mutating func readRegions() throws {
        guard let (file, rows) = try rows(.regions, { $0.rows("REG", "LIBELLE", "CHEFLIEU") }) else { return }
        for row in rows {
            guard !geography.regions.contains(where: { $0.code == row.cells[0] }) else {
                file.fault("la région \(row.cells[0]) est écrite deux fois", row)
                continue
            }
            geography.regions.append(Region(code: row.cells[0], name: row.cells[1], seat: row.cells[2]))
            seats.append((row.cells[2], file, row))
        }
        tell(.regions, rows: rows.count)
    }

    private mutating func readDepartments() throws {
        guard let (file, rows) = try rows(.departments, { $0.rows("DEP", "LIBELLE", "REG", "CHEFLIEU") }) else {
            return
        }
        for row in rows {
            let department = Department(
                code: row.cells[0], name: row.cells[1], region: row.cells[2], seat: row.cells[3])
            if !geography.regions.contains(where: { $0.code == department.region }) {
                file.fault("la région \(department.region) est inconnue", row)
            }
            if departments.updateValue(department, forKey: department.code) != nil {
                file.fault("le département \(department.code) est écrit deux fois", row)
            }
            seats.append((row.cells[3], file, row))
        }
        tell(.departments, rows: rows.count)
    }

    private mutating func readOverseas() throws {
        let table = try rows(.overseas) {
            $0.rows(
                "code_commune|COM_COMER", "nom_commune|LIBELLE", "code_collectivite|COMER",
                "nom_collectivite|LIBELLE_COMER", "code_postal?", "population?")
        }
        guard let (file, rows) = table else { return }
        for row in rows {
            let (code, collectivity) = (row.cells[0], row.cells[2])
            departments[collectivity] = Department(
                code: collectivity, name: row.cells[3], region: collectivity, seat: nil)
            add(code, CommuneDraft(name: row.cells[1], population: Int(row.cells[5])), file, row)
            if !row.cells[4].isEmpty { communes[code]?.postcodes.insert(row.cells[4]) }
        }
        tell(.overseas, rows: rows.count)
    }

    private mutating func readCommunes() throws {
        guard let (file, rows) = try rows(.communes, { $0.rows("TYPECOM", "COM", "LIBELLE", "DEP", "COMPARENT") })
        else { return }
        for row in rows where ["COM", "ARM"].contains(row.cells[0]) {
            let code = row.cells[1]
            if departments[Department.code(ofCommune: code)] == nil {
                file.fault("le département de la commune \(code) est inconnu", row)
            } else if row.cells[0] == "COM", row.cells[3] != Department.code(ofCommune: code) {
                file.fault("la commune \(code) est dite du département \(row.cells[3])", row)
            }
            let parent = row.cells[0] == "ARM" ? row.cells[4] : nil
            add(code, CommuneDraft(name: row.cells[2], parent: parent), file, row)
        }
        for row in rows where row.cells[0] == "ARM" && communes[row.cells[4]] == nil {
            file.fault("la commune \(row.cells[4]), de cet arrondissement, est inconnue", row)
        }
        tell(.communes, rows: rows.count)
    }

    private mutating func add(_ code: String, _ commune: CommuneDraft, _ file: CSVFile, _ row: CSVFile.Row) {
        guard code.wholeMatch(of: /(\d\d|2[AB])\d{3}/) != nil, !commune.name.isEmpty else {
            file.fault("« \(code) » n'est pas un code de commune, ou le nom manque", row)
            return
        }
        if communes.updateValue(commune, forKey: code) != nil {
            file.fault("la commune \(code) est écrite deux fois", row)
        }
    }

    /// A file that was cut short lacks communes that others name.
    private func checkSeats() {
        for seat in seats where communes[seat.code] == nil {
            seat.file.fault("le chef-lieu \(seat.code) n'est pas parmi les communes", seat.row)
        }
    }

    private mutating func finish() {
        let districts = Dictionary(grouping: communes.values.filter { $0.parent != nil }) { $0.parent ?? "" }
        for (parent, parts) in districts {
            for part in parts { communes[parent]?.postcodes.formUnion(part.postcodes) }
        }
        geography.communes = communes.sorted { $0.key < $1.key }.map { code, draft in
            let ofDistricts = districts[code]?.compactMap(\.population).reduce(0, +)
            return Commune(
                code: code, name: draft.name, parent: draft.parent, epci: draft.epci, siren: draft.siren,
                population: draft.population ?? ofDistricts ?? draft.memberPopulation,
                postcodes: draft.postcodes.sorted(), centre: draft.centre)
        }
        geography.departments = departments.values.sorted { $0.code < $1.code }
        geography.regions.sort { $0.code < $1.code }
        geography.formerCodes = former.values.sorted { $0.code < $1.code }
    }
}
