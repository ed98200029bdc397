import Values

/// The fields of a place that a caller may ask for, in the names of API Géo. Code and name always come; a field that is
/// not known is left out, as is one that nobody knows.
struct PlaceFields: Sendable {
    private let wanted: Set<String>

    /// - Parameter usual: what is given where nothing is asked for.
    init(_ parameters: Parameters, usual: Set<String>) { wanted = parameters.words("fields").map(Set.init) ?? usual }

    static let ofCommune: Set = [
        "codeDepartement", "siren", "codeEpci", "codeRegion", "codesPostaux", "population",
    ]
    static let ofEpci: Set = ["codesDepartements", "codesRegions", "population"]
    static let ofDepartment: Set = ["codeRegion"]

    func object(_ found: Found<Commune>, in gazetteer: Gazetteer) -> JSON {
        let commune = found.place
        let department = gazetteer.department(commune.department)
        let region = department.flatMap { gazetteer.region($0.region) }
        var members = named(commune, found.score)
        add("codeDepartement", .string(commune.department), to: &members)
        add("siren", commune.siren.map(JSON.string), to: &members)
        add("codeEpci", commune.epci.map(JSON.string), to: &members)
        add("codeRegion", (department?.region).map(JSON.string), to: &members)
        add("codesPostaux", .array(commune.postcodes.map(JSON.string)), to: &members)
        add("population", commune.population.map(JSON.integer), to: &members)
        add("centre", commune.centre?.point, to: &members)
        add("departement", department.map(Self.brief), to: &members)
        add("region", region.map(Self.brief), to: &members)
        add("epci", commune.epci.flatMap(gazetteer.epci).map(Self.brief), to: &members)
        add("zone", (department?.zone.rawValue).map(JSON.string), to: &members)
        add("type", .string(commune.isDistrict ? CommuneSearch.district : CommuneSearch.today), to: &members)
        add("codeParent", commune.parent.map(JSON.string), to: &members)
        add("anciensCodes", .array(gazetteer.formerCodes(of: commune).map(JSON.string)), to: &members)
        return .object(members)
    }

    func object(_ found: Found<Epci>, in gazetteer: Gazetteer) -> JSON {
        let epci = found.place
        var members = named(epci, found.score)
        if wanted.contains("codesDepartements") || wanted.contains("codesRegions") {
            let departments = Set(gazetteer.members(of: epci).map(\.department)).sorted()
            let regions = Set(departments.compactMap { gazetteer.department($0)?.region }).sorted()
            add("codesDepartements", .array(departments.map(JSON.string)), to: &members)
            add("codesRegions", .array(regions.map(JSON.string)), to: &members)
        }
        add("population", epci.population.map(JSON.integer), to: &members)
        add("type", .string(epci.kind), to: &members)
        add("financement", .string(epci.financing), to: &members)
        return .object(members)
    }

    func object(_ found: Found<Department>, in gazetteer: Gazetteer) -> JSON {
        let department = found.place
        var members = named(department, found.score)
        add("codeRegion", .string(department.region), to: &members)
        add("region", gazetteer.region(department.region).map(Self.brief), to: &members)
        add("chefLieu", department.seat.map(JSON.string), to: &members)
        add("zone", .string(department.zone.rawValue), to: &members)
        return .object(members)
    }

    func object(_ found: Found<Region>) -> JSON {
        var members = named(found.place, found.score)
        add("chefLieu", found.place.seat.map(JSON.string), to: &members)
        add("zone", .string(found.place.zone.rawValue), to: &members)
        return .object(members)
    }

    private func named(_ place: some Place, _ score: Double?) -> [JSON.Member] {
        var members: [JSON.Member] = [.init("nom", .string(place.name)), .init("code", .string(place.code))]
        // Ten-thousandths tell apart all that the ranking does.
        if let score { members.append(.init("_score", .decimal(String((score * 10_000).rounded() / 10_000)))) }
        return members
    }

    private func add(_ name: String, _ value: JSON?, to members: inout [JSON.Member]) {
        if let value, wanted.contains(name) { members.append(.init(name, value)) }
    }

    private static func brief(_ place: some Place) -> JSON {
        ["code": .string(place.code), "nom": .string(place.name)]
    }
}

extension Coordinates {
    /// As a GeoJSON point, longitude first (RFC 7946 §3.1.1).
    var point: JSON {
        ["type": "Point", "coordinates": [.decimal(String(longitude)), .decimal(String(latitude))]]
    }
}
