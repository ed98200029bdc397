import Foundation

/// The files of an import: the geographic code as INSEE publishes it, and those that complete it.
enum CogTable: String, CaseIterable {
    case regions, departments, communes, movements, postcodes, populations, epcis, overseas, centres

    /// What it is called, for people.
    var title: String {
        switch self {
        case .regions: "régions"
        case .departments: "départements"
        case .communes: "communes"
        case .movements: "mouvements de communes"
        case .postcodes: "codes postaux"
        case .populations: "populations"
        case .epcis: "composition des EPCI"
        case .overseas: "collectivités d'outre-mer"
        case .centres: "centres"
        }
    }

    /// Names that the file may have.
    private var names: [Regex<Substring>] {
        switch self {
        case .regions: [/regions\.csv/, /v_region_\d{4}\.csv/]
        case .departments: [/departements\.csv/, /v_departement_\d{4}\.csv/]
        case .communes: [/communes\.csv/, /v_commune_\d{4}\.csv/]
        case .movements: [/mouvements-communes\.csv/, /v_mvt_?commune_\d{4}\.csv/]
        case .postcodes: [/codes-postaux\.csv/, /019HexaSmal\.csv/, /laposte_hexasmal\.csv/]
        case .populations: [/donnees_communes\.csv/]
        case .epcis: [/epcicom\d*\.csv/]
        case .overseas: [/collectivites-outremer\.csv/, /v_commune_comer_\d{4}\.csv/]
        case .centres: [/centres\.csv/]
        }
    }

    /// What an import cannot do without.
    var isMandatory: Bool { [.regions, .departments, .communes, .movements, .postcodes].contains(self) }

    /// The file of the folder that holds the table.
    /// - Throws: ``GeographyFault`` where two may be it, or where a mandatory one is missing.
    func file(in folder: URL) throws -> URL? {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw GeographyFault(faults: ["\(folder.path) : ce n'est pas un dossier lisible"])
        }
        let found = files.filter { file in names.contains { file.wholeMatch(of: $0) != nil } }.sorted()
        if found.count > 1 {
            throw GeographyFault(faults: ["\(title) : \(found.joined(separator: " et ")) ; gardez-en un"])
        }
        guard found.isEmpty, isMandatory else { return found.first.map { folder.appending(path: $0) } }
        throw GeographyFault(faults: ["\(title) : le fichier manque dans \(folder.path)"])
    }
}
