/// Everything that the index is made of, in the order of codes.
public struct GeographicCode: Sendable, Equatable {
    public var regions: [Region] = []
    public var departments: [Department] = []
    public var epcis: [Epci] = []
    public var communes: [Commune] = []
    public var formerCodes: [FormerCode] = []

    public init() {}

    /// How many there are of each, for people.
    public var summary: String {
        let districts = communes.count { $0.isDistrict }
        let located = communes.count { $0.centre != nil }
        return "\(communes.count - districts) communes, \(districts) arrondissements municipaux, \(epcis.count) EPCI, "
            + "\(departments.count) départements et collectivités, \(regions.count) régions, "
            + "\(formerCodes.count) anciens codes, \(located) centres"
    }
}

/// A file of geography that cannot be taken as it is: every fault found, each with its file and line.
public struct GeographyFault: Error, Sendable, CustomStringConvertible {
    public let faults: [String]
    public var description: String { faults.joined(separator: "\n") }
}
