import Foundation

/// The geographic code in memory, made once and only read afterwards.
///
/// Every look-up is by an index; only a search without any criterion walks through all communes.
public final class Gazetteer: Sendable {
    /// Where the data come from, for people.
    public let origin: String
    let code: GeographicCode
    let communeNames: NameIndex
    let epciNames: NameIndex
    let departmentNames: NameIndex
    let regionNames: NameIndex
    /// Whether any centre is known, so that a point can be looked up.
    let knowsCentres: Bool
    private let communeByCode: [String: Int]
    private let communesByPostcode: [String: [Int]]
    private let communesByEpci: [String: [Int]]
    private let communesByDepartment: [String: [Int]]
    private let communeBySiren: [String: Int]
    private let epciByCode: [String: Int]
    private let departmentByCode: [String: Int]
    private let regionByCode: [String: Int]
    private let formerByCode: [String: Int]
    private let formerOf: [String: [Int]]

    public init(_ code: GeographicCode, origin: String) {
        self.code = code
        self.origin = origin
        knowsCentres = code.communes.contains { $0.centre != nil }
        communeNames = NameIndex(code.communes.map(\.name))
        epciNames = NameIndex(code.epcis.map(\.name))
        departmentNames = NameIndex(code.departments.map(\.name))
        regionNames = NameIndex(code.regions.map(\.name))
        communeByCode = Self.places(code.communes) { [$0.code] }.compactMapValues(\.first)
        communesByPostcode = Self.places(code.communes, by: \.postcodes)
        communesByEpci = Self.places(code.communes) { $0.epci.map { [$0] } ?? [] }
        communesByDepartment = Self.places(code.communes) { [$0.department] }
        communeBySiren = Self.places(code.communes) { $0.siren.map { [$0] } ?? [] }.compactMapValues(\.first)
        epciByCode = Self.places(code.epcis) { [$0.code] }.compactMapValues(\.first)
        departmentByCode = Self.places(code.departments) { [$0.code] }.compactMapValues(\.first)
        regionByCode = Self.places(code.regions) { [$0.code] }.compactMapValues(\.first)
        formerByCode = Self.places(code.formerCodes) { [$0.code] }.compactMapValues(\.first)
        formerOf = Self.places(code.formerCodes) { $0.successors.count == 1 ? $0.successors : [] }
    }

    private static func places<Item>(_ items: [Item], by keys: (Item) -> [String]) -> [String: [Int]] {
        var places: [String: [Int]] = [:]
        for (index, item) in items.enumerated() {
            for key in keys(item) { places[key, default: []].append(index) }
        }
        return places
    }

    /// The commune or municipal district of that code.
    public func commune(_ code: String) -> Commune? { communeByCode[code].map { self.code.communes[$0] } }
    public func epci(_ code: String) -> Epci? { epciByCode[code].map { self.code.epcis[$0] } }
    public func department(_ code: String) -> Department? { departmentByCode[code].map { self.code.departments[$0] } }
    public func region(_ code: String) -> Region? { regionByCode[code].map { self.code.regions[$0] } }

    /// What took the place of a code that was a commune's; nil for any other.
    public func former(_ code: String) -> FormerCode? { formerByCode[code].map { self.code.formerCodes[$0] } }

    /// The codes of the communes that it took the place of.
    func formerCodes(of commune: Commune) -> [String] {
        (formerOf[commune.code] ?? []).map { code.formerCodes[$0].code }
    }

    /// The communes and districts of an intercommunality.
    func members(of epci: Epci) -> [Commune] { (communesByEpci[epci.code] ?? []).map { code.communes[$0] } }

    /// The places in ``GeographicCode/communes`` among which those that a search wants are: the shortest list that one
    /// of its criteria gives, or all.
    func candidates(_ search: CommuneSearch) -> [Int] {
        if let code = search.code { return communeByCode[code].map { [$0] } ?? [] }
        if let siren = search.siren { return communeBySiren[siren].map { [$0] } ?? [] }
        if let former = search.former {
            return self.former(former)?.successors.compactMap { communeByCode[$0] } ?? []
        }
        let lists = [
            search.postcode.map { communesByPostcode[$0] ?? [] }, search.epci.map { communesByEpci[$0] ?? [] },
            search.department.map { communesByDepartment[$0] ?? [] },
        ]
        if let shortest = lists.compactMap(\.self).min(by: { $0.count < $1.count }) { return shortest }
        if let name = search.name { return communeNames.candidates(name).sorted() }
        return Array(code.communes.indices)
    }
}
