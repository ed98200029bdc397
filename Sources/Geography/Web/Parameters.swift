/// The query of a call, as API Géo reads it: what is blank counts as absent.
struct Parameters: Sendable {
    private let values: [String: String]

    init(_ pairs: some Sequence<(name: String, value: String)>) {
        values = Dictionary(
            pairs.filter { pair in pair.value.contains { !$0.isWhitespace } }.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first })
    }

    /// A parameter that cannot be understood; the text is for the caller.
    struct Refused: Error { let message: String }

    subscript(name: String) -> String? { values[name] }

    func words(_ name: String) -> [String]? {
        values[name]?.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.map(String.init)
    }

    /// A name to look for, of at most 200 signs.
    func name() throws(Refused) -> FoldedName? {
        guard let nom = values["nom"] else { return nil }
        guard nom.utf8.count <= 200 else { throw Refused(message: "Le paramètre nom est trop long.") }
        return FoldedName(nom)
    }

    func limit() throws(Refused) -> Int {
        guard let text = values["limit"] else { return .max }
        guard let limit = Int(text), limit > 0 else {
            throw Refused(message: "Le paramètre limit est un nombre entier, à partir de 1.")
        }
        return limit
    }

    /// One of those values.
    func choice(_ name: String, among values: [String]) throws(Refused) -> String? {
        guard let value = self.values[name] else { return nil }
        guard values.contains(value) else { throw Self.unknown(name, values) }
        return value
    }

    /// Several of those values, between commas.
    func choices(_ name: String, among values: [String]) throws(Refused) -> [String]? {
        guard let chosen = words(name) else { return nil }
        guard chosen.allSatisfy(values.contains) else { throw Self.unknown(name, values) }
        return chosen
    }

    private static func unknown(_ name: String, _ values: [String]) -> Refused {
        Refused(message: "Le paramètre \(name) vaut \(values.joined(separator: ", ")).")
    }

    func point() throws(Refused) -> Coordinates? {
        let (latitude, longitude) = (values["lat"], values["lon"])
        guard latitude != nil || longitude != nil else { return nil }
        guard let latitude = latitude.flatMap(Double.init), let longitude = longitude.flatMap(Double.init),
            let point = Coordinates(latitude: latitude, longitude: longitude)
        else { throw Refused(message: "Les paramètres lat et lon vont ensemble, en degrés.") }
        return point
    }

    func zones() throws(Refused) -> Set<Zone> {
        let names = try choices("zone", among: Zone.allCases.map(\.rawValue))
        return names.map { Set($0.compactMap(Zone.init)) } ?? [.mainland, .overseas]
    }
}

extension CommuneSearch {
    /// The kinds of communes, in the words of API Géo.
    static let (today, district) = ("commune-actuelle", "arrondissement-municipal")

    init(_ parameters: Parameters) throws(Parameters.Refused) {
        name = try parameters.name()
        code = parameters["code"]
        siren = parameters["siren"]
        former = parameters["ancienCode"]
        postcode = parameters["codePostal"]
        epci = parameters["codeEpci"]
        department = parameters["codeDepartement"]
        region = parameters["codeRegion"]
        parent = parameters["codeParent"]
        point = try parameters.point()
        zones = try parameters.zones()
        largestFirst = try parameters.choice("boost", among: ["population"]) != nil
        let kinds = try parameters.choices("type", among: [Self.today, Self.district])
        wantsCommunes = kinds?.contains(Self.today) ?? (parent == nil)
        wantsDistricts = kinds?.contains(Self.district) ?? (parent != nil)
    }
}
