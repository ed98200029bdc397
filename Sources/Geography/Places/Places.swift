/// A place of the official geographic code (COG, INSEE), by its code and name.
protocol Place: Sendable {
    var code: String { get }
    var name: String { get }
}

/// A commune of today, or one of the municipal districts of Paris, Lyon and Marseille.
public struct Commune: Place, Hashable {
    public let code: String
    public let name: String
    /// The commune that a municipal district is a part of; nil for a commune.
    public let parent: String?
    /// The intercommunality that it belongs to, by SIREN; nil where it belongs to none or where that is not known.
    public let epci: String?
    public let siren: String?
    /// Municipal population (décret n° 2003-485); nil where it is not known.
    public let population: Int?
    public let postcodes: [String]
    public let centre: Coordinates?

    public var isDistrict: Bool { parent != nil }

    /// The code of its département, or of its overseas collectivity.
    public var department: String { Department.code(ofCommune: code) }
}

/// A point on earth in degrees (WGS 84, RFC 7946 §4).
public struct Coordinates: Sendable, Hashable {
    public let latitude: Double
    public let longitude: Double

    /// - Returns: nil for a point that is not on earth.
    public init?(latitude: Double, longitude: Double) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }
}

/// An intercommunality that levies its own taxes (EPCI à fiscalité propre).
public struct Epci: Place, Hashable {
    /// Its SIREN.
    public let code: String
    public let name: String
    /// `CC`, `CA`, `CU`, `METRO`, `MET69`.
    public let kind: String
    /// How it is financed: `FPU`, `FA`…
    public let financing: String
    /// Municipal population of its members.
    public let population: Int?
}

/// A département, or an overseas collectivity, which stands where a département would.
public struct Department: Place, Hashable {
    public let code: String
    public let name: String
    /// Its region; a collectivity is its own.
    public let region: String
    /// The commune where its prefecture is; nil for a collectivity.
    public let seat: String?

    public var zone: Zone {
        region == code ? .collectivity : Int(region).map { $0 < 10 } == true ? .overseas : .mainland
    }

    /// The first two signs of a commune's code, three overseas (97 and 98).
    static func code(ofCommune code: String) -> String {
        String(code.prefix(code.hasPrefix("97") || code.hasPrefix("98") ? 3 : 2))
    }
}

public struct Region: Place, Hashable {
    public let code: String
    public let name: String
    public let seat: String?

    public var zone: Zone { Int(code).map { $0 < 10 } == true ? .overseas : .mainland }
}

/// A part of the Republic, in the words of API Géo.
public enum Zone: String, Sendable, CaseIterable {
    /// Metropolitan France.
    case mainland = "metro"
    /// Overseas départements and regions (Constitution, art. 73).
    case overseas = "drom"
    /// Overseas collectivities (Constitution, art. 74 and title XIII).
    case collectivity = "com"
}

/// A code that is no commune's any more, and what took its place.
public struct FormerCode: Sendable, Hashable {
    public let code: String
    /// The day from which it was no commune's, as `2019-01-01`.
    public let replaced: String
    /// The communes of today; several where its territory was divided.
    public let successors: [String]
}
