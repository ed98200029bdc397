import Foundation

/// What is asked of communes; nil for what does not matter.
struct CommuneSearch: Sendable {
    var name: FoldedName?
    var code: String?
    var siren: String?
    var former: String?
    var postcode: String?
    var epci: String?
    var department: String?
    var region: String?
    var parent: String?
    var point: Coordinates?
    var zones: Set<Zone> = [.mainland, .overseas]
    /// Whether communes of today are wanted, and whether municipal districts are.
    var wantsCommunes = true
    var wantsDistricts = false
    /// Within a kind of fit, the most inhabitants first.
    var largestFirst = false

    /// True where nothing narrows the search down.
    var isOpen: Bool {
        name == nil && point == nil
            && [code, siren, former, postcode, epci, department, region, parent].allSatisfy { $0 == nil }
    }
}

/// A place found, with how well its name fits where it was searched by name.
struct Found<Item: Sendable>: Sendable {
    let place: Item
    var score: Double?
}

extension Gazetteer {
    /// The communes that a search wants: best fit first, else in the order of codes. Where it names a point, the one
    /// whose known centre is nearest, if any is within 20 km.
    func communes(_ search: CommuneSearch) -> [Found<Commune>] {
        let wanted = candidates(search).filter { fits(code.communes[$0], search) }
        if let point = search.point { return nearest(wanted, point) }
        guard let name = search.name else { return wanted.map { Found(place: code.communes[$0]) } }
        return ranked(wanted, code.communes, communeNames, name) { search.largestFirst ? $0.population ?? 0 : nil }
    }

    /// The places whose names fit, best first; all of them where no name is asked for.
    func ranked<Item: Place>(
        _ wanted: [Int], _ items: [Item], _ names: NameIndex, _ name: FoldedName,
        population: (Item) -> Int? = { _ in nil }
    ) -> [Found<Item>] {
        wanted.compactMap { index -> Found<Item>? in
            let item = items[index]
            return names.score(name, index, largestFirst: population(item)).map { Found(place: item, score: $0) }
        }
        .sorted { ($1.score ?? 0, $0.place.code) < ($0.score ?? 0, $1.place.code) }
    }

    private func fits(_ commune: Commune, _ search: CommuneSearch) -> Bool {
        guard commune.isDistrict ? search.wantsDistricts : search.wantsCommunes else { return false }
        let department = department(commune.department)
        // Whoever names a place wants it wherever it is.
        let isNamed = [search.code, search.siren, search.postcode, search.department, search.region]
            .contains { $0 != nil }
        guard isNamed || department.map({ search.zones.contains($0.zone) }) ?? true else { return false }
        return (search.postcode.map { commune.postcodes.contains($0) } ?? true)
            && (search.epci.map { $0 == commune.epci } ?? true)
            && (search.department.map { $0 == commune.department } ?? true)
            && (search.region.map { $0 == department?.region } ?? true)
            && (search.parent.map { $0 == commune.parent } ?? true)
            && (search.siren.map { $0 == commune.siren } ?? true)
    }

    private static let farthest = 20_000.0

    private func nearest(_ wanted: [Int], _ point: Coordinates) -> [Found<Commune>] {
        let located = wanted.compactMap { index -> (place: Commune, distance: Double)? in
            // 20 km are less than 0.2° of latitude everywhere: most communes are left out without trigonometry.
            guard let centre = code.communes[index].centre, abs(centre.latitude - point.latitude) < 0.2 else {
                return nil
            }
            return (code.communes[index], centre.metres(to: point))
        }
        guard let best = located.min(by: { ($0.distance, $0.place.code) < ($1.distance, $1.place.code) }),
            best.distance <= Self.farthest
        else { return [] }
        return [Found(place: best.place)]
    }
}

extension Coordinates {
    /// Along a great circle, on a sphere of 6,371 km (haversine).
    func metres(to other: Coordinates) -> Double {
        let radian = Double.pi / 180
        let (height, width) = ((other.latitude - latitude) * radian, (other.longitude - longitude) * radian)
        let chord =
            pow(sin(height / 2), 2)
            + cos(latitude * radian) * cos(other.latitude * radian) * pow(sin(width / 2), 2)
        return 2 * 6_371_000 * asin(min(1, chord.squareRoot()))
    }
}
