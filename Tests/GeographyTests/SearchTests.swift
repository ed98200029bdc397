import Testing

@testable import Geography

@Suite struct SearchTests {
    /// Communes of these names and populations, coded in that order.
    static func gazetteer(_ names: [(String, Int)]) -> Gazetteer {
        var code = GeographicCode()
        code.regions = [Region(code: "84", name: "Haute-Région", seat: nil)]
        code.departments = [Department(code: "01", name: "Aigue", region: "84", seat: nil)]
        code.communes = names.enumerated().map { index, entry in
            Commune(
                code: "01" + String(100 + index), name: entry.0, parent: nil, epci: nil, siren: nil,
                population: entry.1, postcodes: ["01000"], centre: nil)
        }
        return Gazetteer(code, origin: "")
    }

    private func found(_ typed: String, in names: [(String, Int)], boost: Bool = false) -> [String] {
        var search = CommuneSearch()
        search.name = FoldedName(typed)
        search.largestFirst = boost
        return Self.gazetteer(names).communes(search).map(\.place.name)
    }

    @Test(arguments: [
        ("SAINT ETIENNE", "Saint-Étienne"), ("st-etienne", "Saint-Étienne"), ("ste marie", "Sainte-Marie"),
        ("l’abergement", "L'Abergement"), ("labergement", ""), ("abergement", "L'Abergement"), ("havre", "Le Havre"),
        ("LE HAVRE", "Le Havre"), ("moeurs", "Mœurs"), ("evry  courcouronnes", "Évry-Courcouronnes"),
        ("courcouronnes evry", "Évry-Courcouronnes"), ("%ff", ""), ("", ""), ("-'", ""), ("haÿ", "L'Haÿ-les-Roses"),
    ])
    func `a name is found whatever its accents, case, hyphens and abbreviations`(typed: String, name: String) {
        let names = [
            "Saint-Étienne", "Sainte-Marie", "L'Abergement", "Le Havre", "Mœurs", "Évry-Courcouronnes",
            "L'Haÿ-les-Roses",
        ]
        #expect(found(typed, in: names.map { ($0, 1) }) == (name.isEmpty ? [] : [name]))
    }

    @Test func `the whole name comes first, then a beginning, then words; the closest first in each`() {
        let names = [
            ("Grand-Montreuil", 9), ("Montreuil-sur-Mer", 2_000), ("Montreuillon", 300), ("Montreuil", 60),
            ("Le Montreuil", 5),
        ]
        let ranked = ["Montreuil", "Le Montreuil", "Montreuillon", "Montreuil-sur-Mer", "Grand-Montreuil"]
        #expect(found("montreuil", in: names) == ranked)
    }

    @Test func `with a boost the largest comes first, but never before a better fit`() {
        let names = [
            ("Lyoffans", 450), ("Sainte-Foy-lès-Lyon", 21_000), ("Lyon", 520_000), ("Lyons-la-Forêt", 750), ("Lyo", 3),
        ]
        #expect(
            found("lyo", in: names, boost: true) == [
                "Lyo", "Lyon", "Lyons-la-Forêt", "Lyoffans", "Sainte-Foy-lès-Lyon",
            ])
        #expect(found("lyo", in: names).prefix(2) == ["Lyo", "Lyon"])
        let namesakes = [("Saint-Denis", 500), ("Saint-Denis", 150_000), ("Saint-Denis", 900)]
        let gazetteer = Self.gazetteer(namesakes)
        var search = CommuneSearch()
        search.name = FoldedName("saint denis")
        #expect(gazetteer.communes(search).map(\.place.code) == ["01100", "01101", "01102"])
        search.largestFirst = true
        #expect(gazetteer.communes(search).map(\.place.code) == ["01101", "01102", "01100"])
    }

    @Test func `scores lie between 0 and 1 and fall in the order of the answer`() {
        var search = CommuneSearch()
        search.name = FoldedName("val")
        let names = [
            ("Val", 2), ("Le Val", 3_000_000), ("Valence", 60_000), ("Bourg-du-Val", 9_000_000), ("Laval", 50_000),
        ]
        for boost in [false, true] {
            search.largestFirst = boost
            let scores = Self.gazetteer(names).communes(search).compactMap(\.score)
            #expect(scores.count == 4 && scores == scores.sorted(by: >))
            #expect(scores.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func `the criteria of a search hold together`() async throws {
        let gazetteer = Gazetteer(try await MiniCog().imported().geography, origin: "")
        func codes(_ change: (inout CommuneSearch) -> Void) -> [String] {
            var search = CommuneSearch()
            change(&search)
            return gazetteer.communes(search).map(\.place.code)
        }
        #expect(codes { $0.postcode = "01100" } == ["01001", "01002"])
        #expect(codes { ($0.postcode, $0.name) = ("01100", FoldedName("oree")) } == ["01002"])
        #expect(codes { ($0.postcode, $0.epci) = ("01100", "200029999") } == ["01001"])
        #expect(codes { $0.region = "04" } == ["97401"])
        #expect(codes { ($0.region, $0.department) = ("84", "974") } == [])
        #expect(codes { ($0.code, $0.siren) = ("01002", "210103040") } == [])
        #expect(codes { $0.former = "01006" } == ["01001", "01002"])
        #expect(codes { $0.zones = [.overseas] } == ["97401"])
        #expect(codes { _ in } == ["01001", "01002", "97401"])
        #expect(codes { ($0.wantsDistricts, $0.wantsCommunes) = (true, false) } == ["97402"])
    }

    @Test func `a point finds the commune of the nearest centre, none beyond twenty kilometres`() async throws {
        let gazetteer = Gazetteer(try await MiniCog().imported().geography, origin: "")
        func at(_ latitude: Double, _ longitude: Double) -> [String] {
            var search = CommuneSearch()
            search.point = Coordinates(latitude: latitude, longitude: longitude)
            return gazetteer.communes(search).map(\.place.name)
        }
        #expect(at(46.11, 5.21) == ["Grandval"] && at(46.19, 5.2) == ["L'Orée"])
        #expect(at(46.1, 6.2).isEmpty && at(48.8, 2.3).isEmpty)
    }
}
