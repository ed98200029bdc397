import Foundation
import TestSupport
import Testing

@testable import Geography

@Suite struct ImportTests {
    @Test func `what the files say of a commune comes together`() async throws {
        let geography = try await MiniCog().imported().geography
        let gazetteer = Gazetteer(geography, origin: "")
        let grandval = try #require(gazetteer.commune("01001"))
        #expect(grandval.name == "Grandval" && grandval.siren == "210103040" && grandval.epci == "200029999")
        // Of the year before, when Petitval was a commune: its postcode and its inhabitants go with it.
        #expect(grandval.postcodes == ["01100", "01130"] && grandval.population == 1600)
        #expect(grandval.centre == Coordinates(latitude: 46.1, longitude: 5.2))
        let orée = try #require(gazetteer.commune("01002"))
        #expect(orée.population == 40 && orée.epci == nil && orée.siren == nil)
        #expect(gazetteer.epci("200029999")?.name == "CC de l'Aigue, du Val et \"d'ailleurs\"")
        #expect(gazetteer.epci("200029999")?.population == 1600)
    }

    @Test func `a commune with districts has their postcodes and their inhabitants`() async throws {
        let gazetteer = Gazetteer(try await MiniCog().imported().geography, origin: "")
        let whole = try #require(gazetteer.commune("97401"))
        #expect(whole.postcodes == ["97460"] && whole.population == 7000 && !whole.isDistrict)
        #expect(gazetteer.commune("97402")?.parent == "97401")
        #expect(gazetteer.commune("01003") == nil)
    }

    @Test func `a former code leads to the communes of today, through every movement since`() async throws {
        let former = try await MiniCog().imported().geography.formerCodes
        #expect(
            former == [
                FormerCode(code: "01003", replaced: "2019-01-01", successors: ["01001"]),
                FormerCode(code: "01004", replaced: "1972-05-01", successors: ["01001"]),
                FormerCode(code: "01005", replaced: "2003-01-01", successors: ["01002"]),
                FormerCode(code: "01006", replaced: "1950-06-17", successors: ["01001", "01002"]),
            ])
    }

    @Test func `the report counts the rows, those of no commune, and the files that are not there`() async throws {
        let cog = try await MiniCog().imported()
        let postcodes = try #require(cog.report.first { $0.table == "codes postaux" })
        #expect(postcodes.rows == 5 && postcodes.ignored == 1)
        #expect(cog.report.first { $0.table == "mouvements de communes" }?.rows == 8)
        #expect(cog.missing == ["collectivités d'outre-mer"])
    }

    @Test func `the files may have INSEE's and La Poste's own names and columns`() async throws {
        var cog = MiniCog()
        cog.files["v_commune_2026.csv"] = cog.files.removeValue(forKey: "communes.csv")
        cog.files["v_mvt_commune_2026.csv"] = cog.files.removeValue(forKey: "mouvements-communes.csv")
        cog.files["v_commune_comer_2026.csv"] = """
            COM_COMER,TNCC,NCC,NCCENR,LIBELLE,NATURE_ZONAGE,COMER,LIBELLE_COMER
            97501,0,MIQUELON,Miquelon,Miquelon,COM,975,Saint-Pierre-et-Miquelon
            """
        cog.files["codes-postaux.csv"] = nil
        cog.files["019HexaSmal.csv"] = "#Code_commune_INSEE;Nom_de_la_commune;Code_postal\n01001;GRANDVAL;01100\n"
        let gazetteer = Gazetteer(try await cog.imported().geography, origin: "")
        #expect(gazetteer.commune("01001")?.postcodes == ["01100"])
        #expect(gazetteer.department("975")?.zone == .collectivity && gazetteer.commune("97501")?.department == "975")
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let file, old, new, fault: String
        init(_ file: String, _ old: String, _ new: String, _ fault: String) {
            (self.file, self.old, self.new, self.fault) = (file, old, new, fault)
        }
        var testDescription: String { fault }
    }

    static let broken = [
        Broken("communes.csv", "LIBELLE", "NOM", "communes.csv:1 : la colonne LIBELLE manque"),
        Broken("communes.csv", "0108,\nCOM,01002", "0108\nCOM,01002", "communes.csv:2 : 11 cases, l'en-tête en a 12"),
        Broken("communes.csv", "COM,01002", "COM,01001", "communes.csv:3 : la commune 01001 est écrite deux fois"),
        Broken(
            "communes.csv", "COM,01002", "COM,1002", "communes.csv:3 : le département de la commune 1002 est inconnu"),
        Broken("communes.csv", "COM,01002", "COM,01A02", "communes.csv:3 : « 01A02 » n'est pas un code"),
        Broken("communes.csv", ",84,01,01D,012,5", ",84,974,01D,012,5", "communes.csv:3 : la commune 01002 est dite"),
        Broken("communes.csv", ",,97401\n", ",,97409\n", "communes.csv:5 : la commune 97409, de cet arrondissement"),
        Broken("communes.csv", "Orée,L'Orée", "Orée,L'Or\u{7}ée", "communes.csv:3 : ce texte n'est pas de l'UTF-8"),
        Broken(
            "regions.csv", "84,01001", "84,01009", "regions.csv:2 : le chef-lieu 01009 n'est pas parmi les communes"),
        Broken("regions.csv", "04,9", "84,9", "regions.csv:3 : la région 84 est écrite deux fois"),
        Broken("departements.csv", "974,04", "974,05", "departements.csv:3 : la région 05 est inconnue"),
        Broken(
            "mouvements-communes.csv", "2003-01-01", "1/1/2003", "mouvements-communes.csv:6 : « 1/1/2003 » n'est pas"),
        Broken(
            "mouvements-communes.csv", "COM,01002,0,O,O,L'Orée\n30", "COM,01009,0,O,O,L'Orée\n30",
            "mouvements-communes.csv:6 : 01009 n'est pas parmi les communes"),
        Broken("codes-postaux.csv", "01130", "1130", "codes-postaux.csv:3 : « 1130 » n'est pas un code postal"),
        Broken("epcicom.csv", "210101994", "210101995", "epcicom.csv:3 : « 210101995 » n'est pas un SIREN"),
        Broken(
            "epcicom.csv", "d'ailleurs\"\"\",CC,FPU,2,1620,1600,01,01003", "d'ailleurs",
            "epcicom.csv:3 : guillemet non fermé"),
        Broken(
            "donnees_communes.csv", ";40;", ";beaucoup;",
            "donnees_communes.csv:2 : « beaucoup » n'est pas une population"),
        Broken("centres.csv", "46.1,5.2", "46.1,500", "centres.csv:2 : « 46.1 500 » n'est pas un point"),
    ]

    @Test(arguments: broken)
    func `a bad file is refused with its line`(_ broken: Broken) async throws {
        let faults = try await MiniCog().replacing(broken.old, with: broken.new, in: broken.file).faults()
        #expect(faults.contains { $0.hasPrefix(broken.fault) }, "\(faults)")
    }

    @Test func `all faults are told at once, those of twenty lines at most`() async throws {
        let two = MiniCog().replacing("01130", with: "1130", in: "codes-postaux.csv")
            .replacing("46.1,5.2", with: "46.1,500", in: "centres.csv")
        #expect(try await two.faults().count == 2)
        var many = MiniCog()
        many.files["centres.csv"]? += String(repeating: "x,y,z\n", count: 100)
        #expect(try await many.faults().count == 21)
    }

    @Test func `a missing or an ambiguous file is refused`() async throws {
        #expect(
            try await MiniCog().without("communes.csv").faults().first?.hasPrefix("communes : le fichier manque")
                == true)
        var twice = MiniCog()
        twice.files["v_commune_2026.csv"] = twice.files["communes.csv"]
        #expect(try await twice.faults() == ["communes : communes.csv et v_commune_2026.csv ; gardez-en un"])
        var empty = MiniCog()
        empty.files["codes-postaux.csv"] = ""
        #expect(try await empty.faults() == ["codes-postaux.csv:1 : le fichier est vide"])
    }
}

@Suite struct GeographyFileTests {
    @Test func `what is kept is read back as it was, and a new import takes its place`() async throws {
        try await withTemporaryFolder { folder in
            let file = URL(filePath: folder).appending(path: "geography.tsv")
            let geography = try await MiniCog().imported().geography
            try GeographyFile.write(geography, to: file)
            try GeographyFile.write(geography, to: file)
            let gazetteer = try GeographyFile.gazetteer(imported: file)
            #expect(gazetteer.code == geography)
            #expect(gazetteer.origin.hasPrefix("importée le ") && gazetteer.origin.contains("3 communes"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["geography.tsv"])
        }
    }

    @Test func `without an import the extract answers, with mergers and districts`() throws {
        let gazetteer = try GeographyFile.gazetteer(imported: URL(filePath: "/nonexistent/geography.tsv"))
        #expect(gazetteer.origin.hasPrefix("extrait"))
        #expect(gazetteer.commune("75056")?.name == "Paris" && gazetteer.commune("75101")?.parent == "75056")
        #expect(gazetteer.former("01091")?.successors == ["01033"])
        #expect(gazetteer.code.departments.count == 109 && gazetteer.code.regions.count == 18)
    }

    @Test(arguments: ["", "unefois-geography\t2\nend\t0\n", "\tC", "end\t999", "C\t01001"])
    func `a file that is not whole stops the start, with its line`(change: String) async throws {
        try await withTemporaryFolder { folder in
            let file = URL(filePath: folder).appending(path: "geography.tsv")
            var lines = CompactForm.write(try await MiniCog().imported().geography).split(separator: "\n")
            if change.hasPrefix("unefois") {
                lines = change.split(separator: "\n")
            } else {
                lines[lines.count - 1] = change[...]
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            #expect { try GeographyFile.gazetteer(imported: file) } throws: { error in
                "\(error)".hasPrefix("geography.tsv:") && "\(error)".hasSuffix("refaites l'import")
            }
        }
    }
}
