import Values

extension CogImport {
    mutating func readPostcodes() throws {
        let table = try rows(.postcodes) {
            $0.rows("code_commune|#code_commune_insee|code_commune_insee", "code_postal")
        }
        guard let (file, rows) = table else { return }
        var ignored = 0
        for row in rows {
            let postcode = row.cells[1]
            // Uninhabited lands have none.
            if postcode.isEmpty { continue }
            guard postcode.wholeMatch(of: /\d{5}/) != nil else {
                file.fault("« \(postcode) » n'est pas un code postal", row)
                continue
            }
            if let code = today(row.cells[0]) {
                communes[code]?.postcodes.insert(postcode)
            } else {
                ignored += 1
            }
        }
        tell(.postcodes, rows: rows.count, ignored: ignored)
    }

    mutating func readEpcis() throws {
        let table = try rows(.epcis) {
            $0.rows(
                "siren", "raison_sociale", "nature_juridique", "mode_financ", "insee", "siren_membre", "pmun_*",
                "total_pop_mun")
        }
        guard let (file, rows) = table else { return }
        var ignored = 0
        var epcis: [String: Epci] = [:]
        for row in rows {
            let (code, member) = (row.cells[0], row.cells[5])
            guard CompanyNumber.isSiren(code), CompanyNumber.isSiren(member) else {
                file.fault("« \(CompanyNumber.isSiren(code) ? member : code) » n'est pas un SIREN", row)
                continue
            }
            guard let commune = today(row.cells[4]) else {
                ignored += 1
                continue
            }
            epcis[code] = Epci(
                code: code, name: row.cells[1], kind: row.cells[2], financing: row.cells[3],
                population: Int(row.cells[7]))
            communes[commune]?.epci = code
            if let population = Int(row.cells[6]) {
                let before = communes[commune]?.memberPopulation ?? 0
                communes[commune]?.memberPopulation = before + population
            }
            // A merged commune has a number of its own, which is none of those of its parts.
            if commune == row.cells[4] { communes[commune]?.siren = member }
        }
        geography.epcis = epcis.values.sorted { $0.code < $1.code }
        tell(.epcis, rows: rows.count, ignored: ignored)
    }

    /// Of communes that have merged since the figures, the sum counts.
    mutating func readPopulations() throws {
        guard let (file, rows) = try rows(.populations, { $0.rows("COM", "PMUN") }) else { return }
        var ignored = 0
        for row in rows {
            guard let population = Int(row.cells[1]) else {
                file.fault("« \(row.cells[1]) » n'est pas une population", row)
                continue
            }
            if let code = today(row.cells[0]) {
                let before = communes[code]?.population ?? 0
                communes[code]?.population = before + population
            } else {
                ignored += 1
            }
        }
        tell(.populations, rows: rows.count, ignored: ignored)
    }

    mutating func readCentres() throws {
        guard let (file, rows) = try rows(.centres, { $0.rows("code_commune", "latitude", "longitude") }) else {
            return
        }
        var ignored = 0
        for row in rows {
            guard let latitude = Double(row.cells[1]), let longitude = Double(row.cells[2]),
                let centre = Coordinates(latitude: latitude, longitude: longitude)
            else {
                file.fault("« \(row.cells[1]) \(row.cells[2]) » n'est pas un point en degrés", row)
                continue
            }
            // The centre of a part is not that of the whole.
            if communes[row.cells[0]] == nil { ignored += 1 }
            communes[row.cells[0]]?.centre = centre
        }
        tell(.centres, rows: rows.count, ignored: ignored)
    }
}
